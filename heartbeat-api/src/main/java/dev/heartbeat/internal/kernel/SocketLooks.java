package dev.heartbeat.internal.kernel;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Answers questions about sockets, many by one pass over the kernel's table, which costs some microseconds for each socket of
 * this host: one pass at a time, and then a rest of twenty times what it cost. Every look is answered, be it with nothing. Any
 * thread.
 */
public final class SocketLooks implements AutoCloseable {

    private final SocketTable table;
    private final Executor executor;
    private final LongSupplier nanoTime;
    private final Logger log;

    private final AtomicReference<@Nullable SocketLook> newest = new AtomicReference<>();
    private final AtomicReference<@Nullable TablePass> latest = new AtomicReference<>();
    private final AtomicLong passes = new AtomicLong();
    private volatile boolean open = true;
    private volatile boolean troubled;

    /**
     * Nothing runs before the first look.
     *
     * @param table where sockets are looked up
     * @param executor whose thread may wait for the kernel
     * @param nanoTime the time by which passes rest
     * @param log where it is said, at DEBUG, that the table cannot be read
     */
    public SocketLooks(SocketTable table, Executor executor, LongSupplier nanoTime, Logger log) {
        this.table = table;
        this.executor = executor;
        this.nanoTime = nanoTime;
        this.log = log;
    }

    /**
     * Asks about a socket.
     *
     * @param socket which
     * @return the question, which a pass after a later {@link #tick} answers; null if nothing can be asked here
     */
    public @Nullable SocketLook look(SocketAddresses socket) {
        if (!open) {
            return null;
        }
        SocketLook look = new SocketLook(socket);
        SocketLook before;
        do {
            before = newest.get();
            look.next = before;
        } while (!newest.compareAndSet(before, look));
        if (!open) {
            answerPending();
        }
        return look;
    }

    /** Has a pass begun if there is anything to look up and the last one has rested; to be called often. */
    public void tick() {
        if (newest.get() == null) {
            return;
        }
        long now = nanoTime.getAsLong();
        TablePass last = latest.get();
        if (last == null || last.isRested(now)) {
            TablePass next = new TablePass(now);
            if (latest.compareAndSet(last, next)) {
                handOver(next, now);
            }
        } else if (last.isLost(now) && last.begin()) {
            giveUp(last, now);
        }
    }

    /**
     * Counts passes over the table.
     *
     * @return how many have begun
     */
    public long passes() {
        return passes.get();
    }

    /** Answers what is pending with nothing, and asks nothing any more. */
    @Override
    public void close() {
        open = false;
        answerPending();
    }

    private void handOver(TablePass pass, long now) {
        try {
            executor.execute(() -> run(pass));
        } catch (Throwable refused) {
            if (pass.begin()) {
                tell("No thread looks at the kernel's table of sockets", refused);
                giveUp(pass, now);
            }
        }
    }

    private void giveUp(TablePass pass, long now) {
        pass.end(now, now, 0);
        answerPending();
    }

    private void run(TablePass pass) {
        if (!pass.begin()) {
            return;
        }
        long begin = nanoTime.getAsLong();
        SocketLook looks = newest.getAndSet(null);
        TableContents contents = looks == null ? null : read(looks);
        pass.end(begin, nanoTime.getAsLong(), contents == null ? 0 : contents.rows());
        answer(looks, contents);
    }

    /** Null if the table could not be read. */
    private @Nullable TableContents read(SocketLook looks) {
        passes.incrementAndGet();
        try {
            Set<SocketAddresses> wanted = new HashSet<>();
            for (SocketLook look = looks; look != null; look = look.next) {
                wanted.add(look.socket);
            }
            TableContents contents = table.read(wanted);
            troubled = false;
            return contents;
        } catch (NoSuchFileException | AccessDeniedException never) {
            if (open) {
                close();
                log.debug(
                        "There is no table of sockets here, verdicts rest on what transports know: {}",
                        never.toString());
            }
        } catch (Throwable failed) {
            tell("The kernel's table of sockets could not be read", failed);
        }
        return null;
    }

    private void tell(String trouble, Throwable cause) {
        if (!troubled) {
            troubled = true;
            log.debug(trouble, cause);
        }
    }

    private void answerPending() {
        answer(newest.getAndSet(null), null);
    }

    /** Lets go of the others, since a look may be kept for long. */
    private static void answer(@Nullable SocketLook looks, @Nullable TableContents contents) {
        SocketLook look = looks;
        while (look != null) {
            SocketLook next = look.next;
            look.next = null;
            if (contents == null) {
                look.giveUp();
            } else {
                look.answer(contents.found().get(look.socket));
            }
            look = next;
        }
    }
}

package dev.heartbeat.jakarta;

import static dev.heartbeat.jakarta.Bench.await;

import dev.heartbeat.LivenessEvent.Pong;
import dev.heartbeat.ReapReason;
import dev.heartbeat.testkit.Proxy;
import dev.heartbeat.testkit.RawPeer;
import jakarta.websocket.Session;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A slow reader behind a real proxy, whose kernel acknowledges for it; and its twin, frozen in the middle. */
@Tag("namespace")
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass(name = "{0}")
@MethodSource("dev.heartbeat.jakarta.Launcher#chosen")
class BehindProxyTest {

    private final Launcher launcher;
    private final Bench bench = new Bench(Bench.PATIENT);
    private final Verdicts verdicts = new Verdicts(bench.heard);
    private final CompletableFuture<Session> opened = new CompletableFuture<>();

    BehindProxyTest(Launcher launcher) {
        this.launcher = launcher;
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @ParameterizedTest
    @EnumSource
    void isNotReaped(Proxy.Program program) throws Exception {
        RawPeer peer = slowReader(program);

        verdicts.staysAliveUntil("it has read all", () -> peer.taken() >= Download.BYTES);

        int before = pongs();
        verdicts.staysAliveUntil("it answers again", () -> pongs() >= before + 2);
    }

    @ParameterizedTest
    @EnumSource
    void isReapedAfterTheAllowanceIfItFreezes(Proxy.Program program) throws Exception {
        RawPeer peer = slowReader(program);
        verdicts.staysAliveUntil("it has read a quarter", () -> peer.taken() > Download.BYTES / 4);

        peer.freeze();

        // Which of the two depends on how much the kernel of the proxy takes.
        verdicts.isReapedWithin(Download.BOUND, ReapReason.NOT_ANSWERED, ReapReason.PING_STUCK);
    }

    private RawPeer slowReader(Proxy.Program program) throws Exception {
        bench.serve(launcher, Endpoints.at("/", session -> {
            bench.watches(SessionHeartbeat.attach(session, bench.detector));
            opened.complete(session);
        }));
        Proxy proxy = bench.closing(Proxy.start(program, bench.server().port()));
        RawPeer peer = bench.closing(RawPeer.connect(proxy.uri("127.0.0.1")))
                .slow(Download.BYTES_PER_SECOND)
                .live();
        await("a round trip").until(() -> pongs() > 0);
        bench.judge(Download.POLICY);
        Download.begin(opened.get(Bench.LIMIT.toSeconds(), TimeUnit.SECONDS));
        return peer;
    }

    private int pongs() {
        return bench.heard.of(Pong.class).size();
    }
}

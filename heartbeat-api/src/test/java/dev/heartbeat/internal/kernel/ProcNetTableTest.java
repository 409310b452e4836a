package dev.heartbeat.internal.kernel;

import static dev.heartbeat.internal.kernel.TableText.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.heartbeat.SocketState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of the kernel's table, on text as the kernel writes it. */
class ProcNetTableTest {

    private static final SocketAddresses V4 = new SocketAddresses(8080, address("10.1.2.3"), 53_994);
    private static final SocketAddresses V6 = new SocketAddresses(8080, address("2001:db8::a:1"), 53_994);
    private static final SocketState STATE = new SocketState(14, 20, 6, false);

    @TempDir
    private Path directory;

    @Test
    void readsWhatTheKernelWroteOfASocket() throws IOException {
        write(
                "tcp",
                TableText.HEADER + "\n"
                        + "   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1059 1 0\n"
                        + "   1: 0302A8C0:1F90 0302010A:D2EA 01 0000000E:00000014 01:00000019 00000006     0        0 27313 2 0\n");

        assertThat(states(table(ByteOrder.LITTLE_ENDIAN), Set.of(V4))).containsExactly(Map.entry(V4, STATE));
    }

    static Stream<ByteOrder> orders() {
        return Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN);
    }

    @ParameterizedTest
    @MethodSource("orders")
    void findsBothFamiliesInTheOrderOfTheHost(ByteOrder order) throws IOException {
        write("tcp", new TableText(order).socket(V4, 14, 20, 6));
        write("tcp6", new TableText(order).socket(V6, 7, 0, 0));

        assertThat(states(table(order), Set.of(V4, V6)))
                .isEqualTo(Map.of(V4, STATE, V6, new SocketState(7, 0, 0, false)));
    }

    @ParameterizedTest
    @MethodSource("orders")
    void findsAnIpv4PeerOfADualStackSocket(ByteOrder order) throws IOException {
        write("tcp", new TableText(order));
        write("tcp6", new TableText(order).mappedSocket(V4, 14, 20, 6));

        assertThat(states(table(order), Set.of(V4))).isEqualTo(Map.of(V4, STATE));
    }

    @Test
    void anIpv6AddressThatStandsForAnIpv4AddressIsThatAddress() throws IOException {
        SocketAddresses mapped = new SocketAddresses(
                V4.localPort(), Inet6Address.getByAddress("mapped", TableText.mapped(V4.remote()), 0), V4.remotePort());
        write("tcp", text().socket(V4, 14, 20, 6));

        assertThat(states(table(), Set.of(V4, mapped))).isEqualTo(Map.of(V4, STATE, mapped, STATE));
    }

    @Test
    void theScopeOfAnAddressDoesNotMatter() throws IOException {
        byte[] linkLocal = address("fe80::1:2").getAddress();
        InetAddress scoped = Inet6Address.getByAddress("scoped", linkLocal, 7);
        write("tcp", text());
        write("tcp6", text().socket(new SocketAddresses(80, InetAddress.getByAddress(linkLocal), 9), 14, 20, 6));

        assertThat(states(table(), Set.of(new SocketAddresses(80, scoped, 9))).values())
                .containsExactly(STATE);
    }

    static Stream<SocketAddresses> neighbours() {
        return Stream.of(
                new SocketAddresses(8081, V4.remote(), V4.remotePort()),
                new SocketAddresses(V4.localPort(), V4.remote(), V4.remotePort() + 1),
                new SocketAddresses(V4.remotePort(), V4.remote(), V4.localPort()),
                new SocketAddresses(V4.localPort(), address("10.1.2.4"), V4.remotePort()),
                new SocketAddresses(V4.localPort(), address("3.2.1.10"), V4.remotePort()),
                new SocketAddresses(V4.localPort(), address("::10.1.2.3"), V4.remotePort()),
                new SocketAddresses(V4.localPort() - 65_536, V4.remote(), V4.remotePort()),
                new SocketAddresses(V4.localPort(), V4.remote(), V4.remotePort() - 65_536));
    }

    @ParameterizedTest
    @MethodSource("neighbours")
    void aSocketIsFoundByAllOfItsNumbersOnly(SocketAddresses neighbour) throws IOException {
        write("tcp", text().socket(V4, 14, 20, 6));

        assertThat(states(table(), Set.of(neighbour))).isEmpty();
        assertThat(states(table(), Set.of(neighbour, V4))).isEqualTo(Map.of(V4, STATE));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x06, 0x0A})
    void whatOnlyWaitsForItsEndOrListensIsNoConnection(int state) throws IOException {
        write("tcp", text().socket(V4, state, 14, 20, 6, 4711));

        assertThat(states(table(), Set.of(V4))).isEmpty();
    }

    @Test
    void whatHasNoDescriptorAnyMoreIsNoConnection() throws IOException {
        write("tcp", text().socket(V4, TableText.ESTABLISHED, 14, 20, 6, 0));

        assertThat(states(table(), Set.of(V4))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x08, 0x09, 0x0B})
    void theEndOfThePeersStreamIsNoByte(int state) throws IOException {
        write(
                "tcp",
                text().socket(V4, state, 0, 1, 0, 4711)
                        .socket(new SocketAddresses(1, V4.remote(), 2), state, 0, 0, 0, 4712));

        assertThat(states(table(), Set.of(V4, new SocketAddresses(1, V4.remote(), 2)))
                        .values())
                .containsExactly(new SocketState(0, 0, 0, false), new SocketState(0, 0, 0, false));
    }

    @Test
    void oneSocketThatIsShownTwiceIsOne() throws IOException {
        write("tcp", text().socket(V4, 1, 99, 20, 6, 4711).socket(V4, 1, 14, 20, 6, 4711));

        assertThat(states(table(), Set.of(V4))).isEqualTo(Map.of(V4, STATE));
    }

    @Test
    void ofTwoSocketsThatLookAlikeNoneIsTold() throws IOException {
        write(
                "tcp",
                text().socket(V4, 1, 99, 0, 0, 4711)
                        .socket(V4, 1, 14, 20, 6, 4712)
                        .socket(V4, 1, 9, 0, 0, 4712));

        assertThat(states(table(), Set.of(V4))).containsExactly(entry(V4, null));
    }

    @Test
    void theLargestNumbersAreReadAndThoseThatChangedMeanwhileAreNone() throws IOException {
        write("tcp", text().socket(V4, Integer.MAX_VALUE, Integer.MAX_VALUE, 255));
        write("tcp6", text().socket(V6, 0xFFFF_FF00L, 0, 0));

        assertThat(states(table(), Set.of(V4, V6)))
                .isEqualTo(Map.of(
                        V4,
                        new SocketState(Integer.MAX_VALUE, Integer.MAX_VALUE, 255, false),
                        V6,
                        new SocketState(0, 0, 0, false)));
    }

    @Test
    void everyWayToMutilateALineOnlyLosesThatLine() throws IOException {
        String whole =
                new TableText(ByteOrder.nativeOrder()).socket(V4, 14, 20, 6).toString();
        whole = whole.substring(whole.indexOf('\n') + 1).strip();
        int needed = whole.indexOf(" 1 0000000000000000");
        for (int cut = 0; cut < needed; cut++) {
            String head = whole.substring(0, cut);
            String tail = whole.substring(cut + 1);
            boolean blank = whole.charAt(cut) == ' ';
            for (String mutilated : List.of(head, head + tail, head + "\u00e9" + tail, head + "G" + tail)) {
                write(
                        "tcp",
                        new TableText(ByteOrder.nativeOrder()).raw(mutilated).socket(V6, 14, 20, 6));

                Map<SocketAddresses, SocketState> found = states(table(), Set.of(V4, V6));

                assertThat(found).as(mutilated).containsEntry(V6, STATE);
                assertThat(blank ? null : found.get(V4)).as(mutilated).isIn(null, STATE);
            }
        }
    }

    @Test
    void linesOfAnyLengthAndNoSenseAreSkipped() throws IOException {
        write(
                "tcp",
                text().raw("")
                        .raw(" ".repeat(300))
                        .raw("9".repeat(TableReader.CHUNK - TableText.HEADER.length() - 304))
                        .raw("A".repeat(TableReader.CHUNK))
                        .raw("0: ".repeat(TableReader.CHUNK))
                        .raw("\r")
                        .raw("\0")
                        .socket(V4, 14, 20, 6));

        assertThat(states(table(), Set.of(V4))).isEqualTo(Map.of(V4, STATE));
    }

    @Test
    void theEndOfALineThatIsTooLongIsNoLine() throws IOException {
        String whole = text().socket(V4, 14, 20, 6).toString();
        String line = whole.substring(whole.indexOf('\n') + 1).strip();
        write("tcp", text().raw("A".repeat(TableReader.CHUNK) + line).socket(V6, 14, 20, 6));

        assertThat(states(table(), Set.of(V4, V6))).isEqualTo(Map.of(V6, STATE));
    }

    @Test
    void aLastLineThatWasCutDoesNotCount() throws IOException {
        String whole = text().socket(V4, 14, 20, 6).toString();
        write("tcp", whole.substring(0, whole.indexOf(" 1 0000000000000000")));

        assertThat(states(table(), Set.of(V4))).isEmpty();
    }

    @RepeatedTest(50)
    void findsWhatIsThereWhereverTheTextIsCut(RepetitionInfo repetition) throws IOException {
        Random random = new Random(repetition.getCurrentRepetition());
        ByteOrder order = random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        TableText text = new TableText(order);
        Map<SocketAddresses, SocketState> expected = new HashMap<>();
        Set<SocketAddresses> wanted = new HashSet<>();
        for (int line = random.nextInt(2_000); line >= 0; line--) {
            SocketAddresses socket = randomSocket(random);
            if (expected.containsKey(socket)) {
                continue;
            }
            SocketState state =
                    new SocketState(random.nextInt() >>> 1, random.nextInt() >>> 1, random.nextInt(256), false);
            if (random.nextInt(10) == 0) {
                text.raw(text.toString()
                        .substring(random.nextInt(TableText.HEADER.length()))
                        .lines()
                        .findFirst()
                        .orElse(""));
            }
            if (socket.remote() instanceof Inet6Address || random.nextBoolean()) {
                text.socket(socket, state.unacknowledged(), state.unread(), state.retransmissions());
            } else {
                text.mappedSocket(socket, state.unacknowledged(), state.unread(), state.retransmissions());
            }
            expected.put(socket, state);
            if (random.nextInt(3) > 0) {
                wanted.add(socket);
            }
            wanted.add(randomSocket(random));
        }
        WantedSockets sockets = new WantedSockets(wanted);

        new TableReader(order, sockets).read(inPieces(text.bytes(), random));

        expected.keySet().retainAll(wanted);
        assertThat(states(sockets.found())).isEqualTo(expected);
    }

    @Test
    void countsTheLinesOfBothTablesWhoeverAsks() throws IOException {
        write("tcp", text().socket(V4, 14, 20, 6).socket(V6, 14, 20, 6));
        write("tcp6", text().socket(V6, 14, 20, 6));

        assertThat(table().read(Set.of(V4)).rows())
                .isEqualTo(lines("tcp") + lines("tcp6"))
                .isPositive();
    }

    @Test
    void aHostWithoutIpv6HasNoSecondTable() throws IOException {
        write("tcp", text().socket(V4, 14, 20, 6));

        assertThat(states(table(), Set.of(V4, V6))).isEqualTo(Map.of(V4, STATE));
    }

    @Test
    void saysThatThereIsNoTable() {
        assertThatThrownBy(() -> states(table(), Set.of(V4))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void readsAnEmptyTableAndAsksForNothing() throws IOException {
        write("tcp", "");

        assertThat(states(table(), Set.of())).isEmpty();
        assertThat(states(table(), Set.of(V4))).isEmpty();
    }

    @Test
    void readsTheKernelsOwnTable() throws IOException {
        assumeThat(Path.of("/proc/self/net/tcp")).exists();

        assertThat(states(new ProcNetTable(), Set.of(new SocketAddresses(0, V4.remote(), 0))))
                .isEmpty();
    }

    /** Few addresses and ports, so that sockets differ in one number only. */
    private static SocketAddresses randomSocket(Random random) {
        String host = (random.nextBoolean() ? "10.0.0." : "2001:db8::") + random.nextInt(9);
        return new SocketAddresses(random.nextInt(3), address(host), 65_000 + random.nextInt(200));
    }

    private static InputStream inPieces(byte[] bytes, Random random) {
        int most = random.nextBoolean() ? 7 : 4_096;
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(length, 1 + random.nextInt(most)));
            }

            @Override
            public int read(byte[] into) {
                return read(into, 0, into.length);
            }
        };
    }

    private static TableText text() {
        return new TableText(ByteOrder.nativeOrder());
    }

    private void write(String name, Object text) throws IOException {
        Files.write(directory.resolve(name), text.toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    private ProcNetTable table() {
        return table(ByteOrder.nativeOrder());
    }

    private long lines(String name) throws IOException {
        try (Stream<String> lines = Files.lines(directory.resolve(name))) {
            return lines.count();
        }
    }

    private ProcNetTable table(ByteOrder order) {
        return new ProcNetTable(directory.resolve("tcp"), directory.resolve("tcp6"), order);
    }

    private static Map<SocketAddresses, SocketState> states(SocketTable table, Set<SocketAddresses> wanted)
            throws IOException {
        return states(table.read(wanted).found());
    }

    private static Map<SocketAddresses, SocketState> states(Map<SocketAddresses, FoundSocket> found) {
        Map<SocketAddresses, SocketState> states = new HashMap<>();
        found.forEach((socket, row) -> states.put(socket, row.state()));
        return states;
    }
}

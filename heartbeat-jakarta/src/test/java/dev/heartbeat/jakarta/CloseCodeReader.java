package dev.heartbeat.jakarta;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A peer that reads everything and keeps nothing but the code of the close frame, which it answers. Its receive buffer is as large as the
 * kernel likes, so that a flood flows.
 */
final class CloseCodeReader implements WebSocket.Listener {

    private final CompletableFuture<Integer> code = new CompletableFuture<>();

    private CloseCodeReader() {}

    /** Connects; the future fails if the connection ends without a close frame. */
    static CompletableFuture<Integer> connect(URI uri) {
        CloseCodeReader reader = new CloseCodeReader();
        HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(uri, reader).join();
        return reader.code;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
        socket.request(1);
        return null;
    }

    /** Where the connection ends without a close frame, the code is 1006. */
    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
        code.complete(statusCode);
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        code.completeExceptionally(error);
    }
}

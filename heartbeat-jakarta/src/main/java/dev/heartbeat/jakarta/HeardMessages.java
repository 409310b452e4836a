package dev.heartbeat.jakarta;

import jakarta.websocket.MessageHandler;

/** The application's message handlers, each message being a sign of life, and pongs being unseen while one runs. */
final class HeardMessages {

    private final Watch watch;

    HeardMessages(Watch watch) {
        this.watch = watch;
    }

    <T> MessageHandler.Whole<T> whole(MessageHandler.Whole<T> handler) {
        return new Whole<>(this, handler);
    }

    <T> MessageHandler.Partial<T> partial(MessageHandler.Partial<T> handler) {
        return new Partial<>(this, handler);
    }

    private void begin() {
        watch.dataReceived();
        watch.activity().started();
    }

    private void end() {
        watch.activity().ended();
    }

    private static final class Whole<T> implements MessageHandler.Whole<T> {

        private final HeardMessages heard;
        private final MessageHandler.Whole<T> handler;

        Whole(HeardMessages heard, MessageHandler.Whole<T> handler) {
            this.heard = heard;
            this.handler = handler;
        }

        @Override
        public void onMessage(T message) {
            heard.begin();
            try {
                handler.onMessage(message);
            } finally {
                heard.end();
            }
        }
    }

    private static final class Partial<T> implements MessageHandler.Partial<T> {

        private final HeardMessages heard;
        private final MessageHandler.Partial<T> handler;

        Partial(HeardMessages heard, MessageHandler.Partial<T> handler) {
            this.heard = heard;
            this.handler = handler;
        }

        @Override
        public void onMessage(T part, boolean last) {
            heard.begin();
            try {
                handler.onMessage(part, last);
            } finally {
                heard.end();
            }
        }
    }
}

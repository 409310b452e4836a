package dev.heartbeat.jakarta;

import jakarta.websocket.MessageHandler;

/** Decorates the application's message handlers to report each message as a sign of life, and when a handler runs. */
final class MessageHandlerDecorator {

    private final Watch watch;

    MessageHandlerDecorator(Watch watch) {
        this.watch = watch;
    }

    <T> MessageHandler.Whole<T> whole(MessageHandler.Whole<T> handler) {
        return new Whole<>(this, handler);
    }

    <T> MessageHandler.Partial<T> partial(MessageHandler.Partial<T> handler) {
        return new Partial<>(this, handler);
    }

    private void started() {
        watch.dataReceived();
        watch.activity().started();
    }

    private void ended() {
        watch.activity().ended();
    }

    private static final class Whole<T> implements MessageHandler.Whole<T> {

        private final MessageHandlerDecorator decorator;
        private final MessageHandler.Whole<T> handler;

        Whole(MessageHandlerDecorator decorator, MessageHandler.Whole<T> handler) {
            this.decorator = decorator;
            this.handler = handler;
        }

        @Override
        public void onMessage(T message) {
            decorator.started();
            try {
                handler.onMessage(message);
            } finally {
                decorator.ended();
            }
        }
    }

    private static final class Partial<T> implements MessageHandler.Partial<T> {

        private final MessageHandlerDecorator decorator;
        private final MessageHandler.Partial<T> handler;

        Partial(MessageHandlerDecorator decorator, MessageHandler.Partial<T> handler) {
            this.decorator = decorator;
            this.handler = handler;
        }

        @Override
        public void onMessage(T part, boolean last) {
            decorator.started();
            try {
                handler.onMessage(part, last);
            } finally {
                decorator.ended();
            }
        }
    }
}

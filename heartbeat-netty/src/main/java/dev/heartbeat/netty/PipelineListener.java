package dev.heartbeat.netty;

import dev.heartbeat.LivenessEvent;
import dev.heartbeat.LivenessListener;
import io.netty.channel.ChannelHandlerContext;

/**
 * Fires timeouts, recoveries and reaps as user events, for the handlers behind the connection's own; round trips and
 * closes are not worth an event.
 */
final class PipelineListener implements LivenessListener {

    @Override
    public void onTimeout(LivenessEvent.Timeout event) {
        fire(event);
    }

    @Override
    public void onRecovery(LivenessEvent.Recovery event) {
        fire(event);
    }

    @Override
    public void onReap(LivenessEvent.Reap event) {
        fire(event);
    }

    private static void fire(LivenessEvent.OfConnection event) {
        ChannelHandlerContext ctx = ((ChannelConnection) event.connection()).ctx;
        if (ctx != null) {
            ctx.fireUserEventTriggered(event);
        }
    }
}

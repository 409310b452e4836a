package dev.heartbeat.netty;

import dev.heartbeat.LivenessEvent;
import dev.heartbeat.LivenessListener;

/** Fires a carrier's events for the handlers behind it, as {@link PipelineListener} does, and has its streams die with it. */
final class CarrierListener implements LivenessListener {

    private final PipelineListener pipeline = new PipelineListener();

    @Override
    public void onTimeout(LivenessEvent.Timeout event) {
        pipeline.onTimeout(event);
    }

    @Override
    public void onRecovery(LivenessEvent.Recovery event) {
        pipeline.onRecovery(event);
    }

    @Override
    public void onReap(LivenessEvent.Reap event) {
        pipeline.onReap(event);
        ((Http2Carrier) event.connection()).lost();
    }
}

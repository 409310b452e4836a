/**
 * The adapter for Jakarta WebSocket. Applications use {@link dev.heartbeat.jakarta.SessionHeartbeat}, which attaches a
 * heartbeat to a session or wraps an endpoint; {@link dev.heartbeat.jakarta.WatchedEndpoint}, the endpoint behind a
 * wrapped configuration, is public for the container's sake. {@link dev.heartbeat.jakarta.JettyHeartbeat} does the same for sessions of
 * Jetty's own API, as {@code JettySessionConnection}; that API, an optional dependency, is named by these two only. Spring's
 * sessions are watched by the package {@code spring}.
 *
 * <p>Inside: {@code Watch} holds what is known of one session, and {@code SessionConnection} is the session as the
 * detector's {@link dev.heartbeat.Connection}.
 *
 * <p>Signs of life come from {@code PongReceiver}, the pong handler, from {@code SessionHeartbeat.handleMessage} and, in
 * wrapped endpoints, from the message handlers that {@code SessionProxy} decorates by {@code MessageHandlerDecorator}; it
 * finds their message types by {@code HandlerTypes}. {@code WatchingConfigurator} makes the wrapped endpoints, and {@code
 * ApplicationConfig} is the configuration that they see.
 *
 * <p>What a silence is worth is judged by the detector: {@code FactSource} tells it what the container knows in numbers, and
 * {@code HandlerActivity} whether handlers run, behind which pongs queue.
 *
 * <p>{@code TerminationLadder} ends a session by one {@code TerminationStep} after the other. {@code
 * TransportConnection} is the container's connection below the session, found by {@code Reflection}: {@code
 * GrizzlyConnection} or {@code TyrusJdkConnection} below what every session of Tyrus has, which is {@code TyrusProtocol};
 * {@code TomcatConnection}, {@code JettyConnection}, {@code UndertowConnection} or {@code LibertyConnection}. These are not of the type {@link
 * dev.heartbeat.Connection}. Where a container counts nothing itself, {@code GrizzlyProbe} and
 * {@code UndertowConduits} make it do so with a {@code ByteCounter}, and {@code RemoteProxy} counts what a wrapped endpoint
 * sends; {@code Output} and {@code Changes} make numbers of what a container only shows, and {@code Addresses} are those of
 * the TCP connection.
 *
 * <p>{@code WebSocketApi} makes our module read the one that has the API, which the container chooses.
 *
 * <p>{@code SettingsWarnings} logs settings of the container that are sure to cause trouble, when {@code SettingsCheck} finds that the
 * opening of a session has made them final.
 */
@NullMarked
package dev.heartbeat.jakarta;

import org.jspecify.annotations.NullMarked;

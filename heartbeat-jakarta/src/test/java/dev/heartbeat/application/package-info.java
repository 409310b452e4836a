/** An application for each container, each of which {@code ModulePathTest} makes a named module of. */
package dev.heartbeat.application;

package dev.heartbeat.netty;

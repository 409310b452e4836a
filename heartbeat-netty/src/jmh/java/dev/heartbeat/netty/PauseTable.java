package dev.heartbeat.netty;

import dev.heartbeat.testkit.MarkdownTable;

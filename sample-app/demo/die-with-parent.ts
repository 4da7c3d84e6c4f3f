/**
 * Loaded into every child before its own code (`node --import`). When the parent is gone, for whatever reason, the channel
 * between them closes, and the child shuts down as with SIGTERM.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));

// The listener must not keep an idle child alive.
process.channel?.unref();

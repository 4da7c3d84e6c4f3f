/**
 * Loaded into every child before its own code (`node --import`): when the one that started it is gone, however that came,
 * the channel between them closes, and the child ends as if it were told to.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));

// Listening must not keep a child alive that has nothing else to do.
process.channel?.unref();

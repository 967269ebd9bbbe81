"""One file a step. A step is never changed once it has been released: what comes later is a new one."""

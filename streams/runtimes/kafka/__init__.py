"""Many machines: Faust says which worker owns which part of the log, our own saved position says what was counted.

Faust sees no record. It hands out the partitions of an empty topic, one for each part of the log; whoever is assigned
partition n runs the processor of part n, the same as on one machine, in a thread of its own. So Faust's offsets,
acknowledgements and buffers, which have open faults, cannot touch a count; and counting, however long it takes, never
keeps the heartbeats of the group waiting.
"""

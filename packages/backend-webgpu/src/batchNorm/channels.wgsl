// A workgroup's 256 threads are CHANNELS neighbouring channels (a power of 2) by LANES rows.

const THREADS = 256u;
const LANES = THREADS / CHANNELS;

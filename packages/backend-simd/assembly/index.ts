// Every kernel the backend can call: `name(args, thread, threads)`, see src/pool.ts.
export { fill } from './fill';

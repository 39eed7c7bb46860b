import { readFile, writeFile } from 'node:fs/promises';
import { work } from './work.ts';

// PROGRAM JOB OUTCOME: files of JSON. Ends by itself: threads must not keep an engine from it.
const [job, outcome] = process.argv.slice(2);
await writeFile(outcome!, JSON.stringify(await work(JSON.parse(await readFile(job!, 'utf8')))));

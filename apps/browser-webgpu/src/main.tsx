import { render } from 'preact';
import { watchEnvironment } from './environment/environment.js';
import { Page } from './page.js';
import { lookAround } from './run/run.js';

render(<Page />, document.getElementById('page')!);
watchEnvironment();
void lookAround();

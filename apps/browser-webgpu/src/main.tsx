import { render } from 'preact';
import { watchEnvironment } from './notices/environment.js';
import { Page } from './page.js';
import { lookAround } from './train/run.js';

render(<Page />, document.getElementById('page')!);
watchEnvironment();
void lookAround();

import { expose } from 'comlink';
import { TrainingSession } from './trainingSession.js';

expose(new TrainingSession());

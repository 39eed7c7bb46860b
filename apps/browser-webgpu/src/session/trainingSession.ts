import { recipes, startRecipe } from '@residual/recipes';
import { startBackend } from './backends.js';
import type { OnEvent, Session, Settings } from './session.js';

/** One model in hand, one run at a time. */
export class TrainingSession implements Pick<Session, 'start'> {
  async start(settings: Settings, onEvent: OnEvent): Promise<void> {
    const { name, device, isGpu, details, passedOver, recover } = await startBackend(settings);
    onEvent({ type: 'backend', backend: { name, device, isGpu, details, passedOver } });
    const { model, limit, batchSize, learningRate, epochs, seed } = settings;
    const overrides = { model, batchSize, learningRate, epochs, seed, limit: limit ?? undefined };
    const run = await startRecipe(recipes[settings.recipe], { overrides, device, recover, logEvery: 1 });
    for await (const event of run.events) onEvent(event);
  }
}

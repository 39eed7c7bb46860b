import type { CDPSession } from 'playwright-core';
import { expect, test } from 'vitest';
import { useBrowser } from './visit.ts';

const { visit } = useBrowser();

const MEBIBYTE = 2 ** 20;

/** By which simd's memory grows. Answers between steps may need one more than the steps themselves. */
const BLOCK = 16.8;

test('500 steps take no more memory than those before', async (context) => {
  const user = await visit(context, '?backend=simd&limit=256&batchSize=2&epochs=8');
  const heaps = await Heaps.of(await user.page.context().newCDPSession(user.page));
  const measure = async () => ({
    backend: await user.number('memory'), // MB
    heaps: await heaps.bytes(),
  });
  await user.press('Start');
  await user.untilStep(400);
  const early = await measure();
  await user.untilStep(900);
  const late = await measure();
  expect(early.backend).toBeGreaterThan(10);
  expect(late.backend - early.backend).toBeLessThanOrEqual(BLOCK + 1);
  // The page's, the session's worker's, and that of simd's threads.
  expect(late.heaps.length).toBeGreaterThanOrEqual(3);
  late.heaps.forEach((bytes, i) => void expect(bytes - early.heaps[i]!).toBeLessThan(3 * MEBIBYTE));
});

/** The JavaScript heaps of a page and its workers, the page's first. */
class Heaps {
  readonly #workers: string[] = [];
  #sent = 0;

  private constructor(private readonly page: CDPSession) {}

  static async of(page: CDPSession): Promise<Heaps> {
    const heaps = new Heaps(page);
    page.on('Target.attachedToTarget', ({ sessionId }) => heaps.#workers.push(sessionId));
    await page.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: false,
    });
    return heaps;
  }

  /** After garbage was collected. */
  async bytes(): Promise<number[]> {
    await this.page.send('HeapProfiler.collectGarbage');
    const sizes = [(await this.page.send('Runtime.getHeapUsage')).usedSize];
    for (const worker of this.#workers) {
      await this.#ask(worker, 'HeapProfiler.collectGarbage');
      sizes.push((await this.#ask(worker, 'Runtime.getHeapUsage')).usedSize as number);
    }
    return sizes;
  }

  #ask(sessionId: string, method: string): Promise<Record<string, unknown>> {
    const id = ++this.#sent;
    return new Promise((resolve, reject) => {
      const listen = (event: { sessionId: string; message: string }) => {
        const answer = JSON.parse(event.message);
        if (event.sessionId !== sessionId || answer.id !== id) return;
        this.page.off('Target.receivedMessageFromTarget', listen);
        resolve(answer.result ?? {});
      };
      this.page.on('Target.receivedMessageFromTarget', listen);
      this.page
        .send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method }) })
        .catch(reject);
    });
  }
}

import { describe, expect, it } from 'vitest';
import { compareTiles, type TileWidth } from './tileWidth.js';

/** An engine with a clock of its own, on which a tile of each width computes at a given speed (10^9 operations a second). */
class Engine {
  time = 0;
  calls = 0;

  constructor(private readonly speedOf: (width: TileWidth, time: number, calls: number) => number) {}

  readonly now = (): number => this.time;

  readonly run = (width: TileWidth, count: number): void => {
    this.time += (count * 2 * 6 * 320 * width) / 1e6 / this.speedOf(width, this.time, this.calls++);
  };
}

/** Slow until the engine has optimised the tiles, as V8 does after about 3 ms. */
const optimizing =
  (speeds: Record<TileWidth, number>, after = 3) =>
  (width: TileWidth, time: number) =>
    time < after ? 5 : speeds[width];

const choose = (engine: Engine, expected: TileWidth) => compareTiles(engine.run, expected, engine.now);

describe('the choice of a tile', () => {
  it.each([8, 16] as const)('is the one that is clearly faster, where %i was expected', (expected) => {
    expect(choose(new Engine(optimizing({ 8: 73, 16: 104 })), expected)).toMatchObject({
      width: 16,
      reason: 'the faster',
    });
    expect(choose(new Engine(optimizing({ 8: 54, 16: 33 })), expected)).toMatchObject({
      width: 8,
      reason: 'the faster',
    });
  });

  it.each([8, 16] as const)('stays as expected, %i, where the two are about as fast', (expected) => {
    expect(choose(new Engine(optimizing({ 8: 50, 16: 52 })), expected).width).toBe(expected);
    expect(choose(new Engine(optimizing({ 8: 52, 16: 50 })), expected).width).toBe(expected);
  });

  it('takes some milliseconds, whatever the engine does', () => {
    const quick = new Engine(optimizing({ 8: 73, 16: 104 }));
    choose(quick, 8);
    expect(quick.time).toBeLessThan(10);
    const never = new Engine(() => 5);
    expect(choose(never, 16)).toMatchObject({ width: 16, reason: 'by what is known of this engine' });
    expect(never.time).toBeLessThan(22);
  });

  it('does not believe what ran before the engine had optimised both', () => {
    // The wide tile comes out faster, but the narrow one has not been optimised.
    const engine = new Engine((width, time) => (width === 16 && time > 2 ? 33 : 6));
    expect(choose(engine, 8)).toMatchObject({ width: 8, reason: 'by what is known of this engine' });
  });

  it('is not misled by a machine that does something else now and then', () => {
    const fast = optimizing({ 8: 73, 16: 104 });
    const busy = new Engine((width, time, calls) => fast(width, time) / (calls % 3 === 0 ? 3 : 1));
    expect(choose(busy, 8).width).toBe(16);
    const unlucky = new Engine(
      (width, time, calls) => fast(width, time) / (width === 16 && calls % 4 === 0 ? 3 : 1),
    );
    expect(choose(unlucky, 8).width).toBe(16);
  });
});

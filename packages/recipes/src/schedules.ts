import { constant, cosine, oneCycle, type Schedule } from '@residual/trainer';

/** A schedule as plain JSON. */
export type ScheduleValue =
  | { readonly name: 'constant' }
  | { readonly name: 'cosine'; readonly warmup: number }
  | { readonly name: 'oneCycle'; readonly warmup: number };

export function scheduleOf(value: ScheduleValue): Schedule {
  switch (value.name) {
    case 'constant':
      return constant();
    case 'cosine':
      return cosine(value);
    case 'oneCycle':
      return oneCycle(value);
  }
}

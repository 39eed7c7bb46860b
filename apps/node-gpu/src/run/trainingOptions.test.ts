import { adamw, sgd } from '@residual/trainer';
import { expect, it } from 'vitest';
import { remarksOnRate } from './trainingOptions.js';

it("says that another optimizer than the recipe's learns at its own rate, unless one is given", () => {
  const [ofRecipe, taken] = [sgd({ learningRate: 0.2 }), adamw()];
  expect(remarksOnRate({ optimizer: 'adamw' }, ofRecipe, taken)).toEqual([
    "The learning rate is adamw's own, 0.001, as the recipe's 0.2 is for sgd; --learning-rate sets another.",
  ]);
  expect(remarksOnRate({ optimizer: 'adamw', learningRate: 0.001 }, ofRecipe, taken)).toEqual([]);
  expect(remarksOnRate({ optimizer: 'sgd' }, ofRecipe, ofRecipe)).toEqual([]);
  expect(remarksOnRate({}, ofRecipe, ofRecipe)).toEqual([]);
});

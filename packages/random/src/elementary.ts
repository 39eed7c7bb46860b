// Engines compute Math.log, Math.exp, Math.cos and Math.sin as they like: V8 up to version 14 as fdlibm does, V8 15 otherwise, and
// JavaScriptCore as the system's C library does. What a run depends on is computed here, by additions, multiplications and
// divisions alone, which every engine rounds alike. The bits are those of Math in V8 11 to 14 (Node 20 to 26).
//
// Source: fdlibm 5.3 (https://www.netlib.org/fdlibm), e_log.c, e_exp.c, k_cos.c, k_sin.c and e_rem_pio2.c, whose algorithms and
// constants these are. Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunPro, a Sun Microsystems,
// Inc. business. Permission to use, copy, modify, and distribute this software is freely granted, provided that this notice is
// preserved.

const number = new Float64Array(1);
const words = new Int32Array(number.buffer);
/** Which of a number's words holds sign, exponent and the first 20 bits of the fraction: JavaScript's machines are little-endian. */
const HIGH = 1;

function highWord(x: number): number {
  number[0] = x;
  return words[HIGH]!;
}

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** By an exponent as numbers hold it: what brings a number with it to between 1 and 2. */
const SCALES = Float64Array.from({ length: 2048 }, (_, biased) => 2 ** (1023 - biased));

/** The natural logarithm, as Math.log: -Infinity for 0, NaN below. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  let exponent = 0;
  if (x < 2.2250738585072014e-308) {
    exponent = -54;
    x *= 2 ** 54;
  }
  // x = 2^exponent (1 + f), with 1 + f from half the root of 2 to it
  const word = highWord(x);
  const fraction = word & 0xfffff;
  const biased = (word + 0x95f64) >> 20;
  const f = x * SCALES[biased]! - 1;
  exponent += biased - 1023;
  const high = exponent * LN2_HIGH;
  const low = exponent * LN2_LOW;
  if ((0xfffff & (2 + fraction)) < 3) {
    // |f| < 2^-20
    const rest = f === 0 ? 0 : f * f * (0.5 - 0.3333333333333333 * f);
    return exponent === 0 ? f - rest : f === 0 ? high + low : high - (rest - low - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd =
    z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const series = odd + even;
  if (((fraction - 0x6147a) | (0x6b851 - fraction)) > 0) {
    const half = 0.5 * f * f;
    const product = s * (half + series);
    return exponent === 0 ? f - (half - product) : high - (half - (product + low) - f);
  }
  const product = s * (f - series);
  return exponent === 0 ? f - product : high - (product - low - f);
}

/** e to the power of x, as Math.exp. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019411) return 0;
  if (x === 1) return Math.E;
  const size = highWord(x) & 0x7fffffff;
  let exponent = 0;
  let [high, low] = [0, 0];
  let r = x;
  if (size > 0x3fd62e42) {
    // |x| above half the logarithm of 2
    if (size < 0x3ff0a2b2) exponent = Math.sign(x);
    else exponent = Math.trunc(Math.LOG2E * x + 0.5 * Math.sign(x));
    high = x - exponent * LN2_HIGH;
    low = exponent * LN2_LOW;
    r = high - low;
  } else if (size < 0x3e300000) return 1 + x;
  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666602 +
        t *
          (-0.0027777777777015593 +
            t * (0.00006613756321437934 + t * (-0.0000016533902205465252 + t * 4.1381367970572385e-8))));
  if (exponent === 0) return 1 - ((r * c) / (c - 2) - r);
  const y = 1 - (low - (r * c) / (2 - c) - high);
  // A power of 2 that is no normal number is multiplied in two steps.
  if (exponent === 1024) return y * 2 * 2 ** 1023;
  return exponent >= -1021 ? y * 2 ** exponent : y * 2 ** (exponent + 1000) * 2 ** -1000;
}

/** Of an angle in radians, as Math.cos. @throws RangeError from 800,000 on, which would need more digits of pi */
export function cos(angle: number): number {
  const quarter = reduce(angle);
  const value = quarter & 1 ? kernelSine() : kernelCosine();
  return quarter === 1 || quarter === 2 ? -value : value;
}

/** Of an angle in radians, as Math.sin. @throws RangeError from 800,000 on, which would need more digits of pi */
export function sin(angle: number): number {
  const quarter = reduce(angle);
  const value = quarter & 1 ? kernelCosine() : kernelSine();
  return quarter >= 2 ? -value : value;
}

/** What `reduce` leaves of an angle, as a sum of two. An object would cost as much time as the rest. */
const remainder = new Float64Array(2);

/** Subtracts quarter turns from the angle until it is between -pi/4 and pi/4; returns how many, modulo 4. */
function reduce(angle: number): number {
  const size = highWord(angle) & 0x7fffffff;
  remainder[0] = angle;
  remainder[1] = 0;
  if (size <= 0x3fe921fb) return 0;
  const t = Math.abs(angle);
  if (!(t < 800_000)) throw new RangeError(`angle: expected less than 800,000, received ${angle}`);
  const n = size < 0x4002d97c ? 1 : Math.trunc(t * 0.6366197723675814 + 0.5);
  let rest = t - n * 1.5707963267341256; // 33 bits of half of pi
  let low = n * 6.077100506506192e-11;
  let x = rest - low;
  if (n >= 32 || size === highWord(n * (Math.PI / 2))) {
    // Where many bits have cancelled, the next 33 and the 33 after them.
    if (n === 1 || lostBits(size, x) > 16) {
      let before = rest;
      let part = n * 6.077100506303966e-11;
      rest = before - part;
      low = n * 2.0222662487959506e-21 - (before - rest - part);
      x = rest - low;
      if (n > 1 && lostBits(size, x) > 49) {
        before = rest;
        part = n * 2.0222662487111665e-21;
        rest = before - part;
        low = n * 8.4784276603689e-32 - (before - rest - part);
        x = rest - low;
      }
    }
  }
  const tail = rest - x - low;
  remainder[0] = angle > 0 ? x : -x;
  remainder[1] = angle > 0 ? tail : -tail;
  return (angle > 0 ? n : -n) & 3;
}

const lostBits = (size: number, x: number): number => (size >> 20) - ((highWord(x) >> 20) & 0x7ff);

function kernelCosine(): number {
  const x = remainder[0]!;
  const tail = remainder[1]!;
  const size = highWord(x) & 0x7fffffff;
  const z = x * x;
  const series =
    z *
    (0.0416666666666666 +
      z *
        (-0.001388888888887411 +
          z *
            (0.00002480158728947673 +
              z * (-2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11)))));
  const rest = z * series - x * tail;
  if (size < 0x3fd33333) return 1 - (0.5 * z - rest);
  let quarter = 0.28125;
  if (size <= 0x3fe90000) {
    number[0] = 0;
    words[HIGH] = size - 0x00200000; // a quarter of x, about
    quarter = number[0]!;
  }
  return 1 - quarter - (0.5 * z - quarter - rest);
}

function kernelSine(): number {
  const x = remainder[0]!;
  const tail = remainder[1]!;
  if (Math.abs(x) < 2 ** -27) return x;
  const z = x * x;
  const cube = z * x;
  const series =
    0.00833333333332249 +
    z *
      (-0.0001984126982985795 +
        z * (0.0000027557313707070068 + z * (-2.5050760253406863e-8 + z * 1.58969099521155e-10)));
  if (tail === 0) return x + cube * (-0.16666666666666632 + z * series);
  return x - (z * (0.5 * tail - cube * series) - tail - cube * -0.16666666666666632);
}

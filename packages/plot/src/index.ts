export { type ComparedRun, type ComparisonOptions, comparisonOption, runColors } from './comparisonOption.js';
export {
  type CurvePoint,
  type CurvesOption,
  type CurvesOptions,
  curvesOption,
  type StepPoint,
} from './curvesOption.js';
export { type RatePlotPoint, type RateRangeOptions, rateRangeOption } from './rateRangeOption.js';
export { type CurvesTheme, darkTheme, lightTheme } from './theme.js';

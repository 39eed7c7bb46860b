/** What the curves are drawn in. CSS colours and fonts. */
export interface CurvesTheme {
  background: string;
  /** Of titles and names. */
  ink: string;
  /** Of numbers and axes. */
  faint: string;
  /** Of the lines across. */
  rule: string;
  trainLoss: string;
  validationLoss: string;
  validationAccuracy: string;
  fontFamily: string;
}

const fontFamily = "'DejaVu Sans', Verdana, Arial, sans-serif";

export const lightTheme: CurvesTheme = {
  background: '#ffffff',
  ink: '#1f2933',
  faint: '#66727f',
  rule: '#e4e8ec',
  trainLoss: '#2266c8',
  validationLoss: '#b0369b',
  validationAccuracy: '#1d8348',
  fontFamily,
};

export const darkTheme: CurvesTheme = {
  background: '#12181f',
  ink: '#e6ebf0',
  faint: '#9aa7b4',
  rule: '#2a3440',
  trainLoss: '#6ea8ff',
  validationLoss: '#e884d6',
  validationAccuracy: '#57c785',
  fontFamily,
};

import { quote, WeightsError } from '../error.js';
import { networkOf, networkOfShape } from './architectures.js';

/** From any picture to what the weights were trained on. */
export interface Preprocessing {
  /** [height, width] of what the network sees: the middle of the resized picture. */
  size: readonly [height: number, width: number];
  /** The shorter side's length before; undefined: the whole picture is stretched to the size. */
  resize: number | undefined;
  interpolation: 'bilinear' | 'bicubic';
  mean: readonly number[];
  standardDeviation: readonly number[];
}

/** What a `config.json` of the Hugging Face Hub declares. */
export interface HubModel {
  /** Our network. */
  model: string;
  numClasses: number;
  channels: number;
  classNames: readonly string[] | undefined;
  /** Undefined where the file doesn't say it whole, or says something that can't be done here. */
  preprocessing: Preprocessing | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Ways to build timm's networks that leave them what they are called. */
const PLAIN_ARGUMENTS = ['in_chans', 'num_classes'];

/**
 * Reads what a `config.json` declares, timm's or transformers': the network by its name, never by its tensors' names and shapes.
 *
 * @param preprocessor the text of transformers' `preprocessor_config.json` beside it
 * @throws WeightsError `MISMATCH` for an architecture that isn't one of ours, or is one with arguments that make it another;
 *   `FORMAT` for what declares none.
 */
export function parseHubConfig(text: string, file: string, preprocessor?: string): HubModel {
  const fields = fieldsOf(parseJson(text, file));
  if (typeof fields.architecture === 'string') return timmModel(fields.architecture, fields, file);
  if (typeof fields.model_type === 'string') {
    const prepared = preprocessor === undefined ? {} : fieldsOf(parseJson(preprocessor, file));
    return { ...transformersModel(fields, file), preprocessing: transformersPreprocessing(prepared) };
  }
  throw failure(file, 'an architecture of timm or a model_type of transformers', 'neither');
}

function timmModel(architecture: string, config: Fields, file: string): HubModel {
  const model = networkOf(architecture, 'timm');
  if (model === undefined) throw otherNetwork(`${file}: architecture`, architecture);
  const given = fieldsOf(config.model_args);
  const argument = Object.keys(given).find((name) => !PLAIN_ARGUMENTS.includes(name));
  if (argument !== undefined) throw otherNetwork(`${file}: model_args`, `${architecture} with ${argument}`);
  // Older files have it all at the top.
  const pretrained = { ...config, ...fieldsOf(config.pretrained_cfg) };
  const numClasses = count(
    given.num_classes ?? config.num_classes ?? pretrained.num_classes,
    `${file}: num_classes`,
  );
  const inputSize = numbersOf(pretrained.input_size);
  const channels = count(given.in_chans ?? inputSize?.[0] ?? 3, `${file}: in_chans`);
  return {
    model,
    numClasses,
    channels,
    classNames: classNamesOf(config.label_names ?? pretrained.label_names, numClasses),
    preprocessing: inputSize && timmPreprocessing(inputSize, pretrained),
  };
}

/** Source: timm, `data/transforms_factory.py`, `transforms_imagenet_eval`. */
function timmPreprocessing(
  [, height, width]: readonly number[],
  { crop_pct, crop_mode = 'center', interpolation, mean, std }: Fields,
): Preprocessing | undefined {
  const share = typeof crop_pct === 'number' && crop_pct > 0 ? crop_pct : 0.875;
  const means = numbersOf(mean);
  const deviations = numbersOf(std);
  const isKnown = interpolation === 'bilinear' || interpolation === 'bicubic';
  if (height === undefined || width === undefined || !means || !deviations || !isKnown) return undefined;
  const common = {
    size: [height, width] as const,
    interpolation,
    mean: means,
    standardDeviation: deviations,
  } as const;
  if (crop_mode === 'squash' && share === 1) return { ...common, resize: undefined };
  if (crop_mode !== 'center' || height !== width) return undefined;
  return { ...common, resize: Math.floor(height / share) };
}

/** Pillow's numbers. */
const RESAMPLE: Readonly<Record<number, Preprocessing['interpolation']>> = { 2: 'bilinear', 3: 'bicubic' };

/** Source: transformers, `models/convnext/image_processing_convnext.py`, for sides below 384. */
function transformersPreprocessing(config: Fields): Preprocessing | undefined {
  const type = config.image_processor_type ?? config.feature_extractor_type;
  const side = fieldsOf(config.size).shortest_edge ?? config.size;
  const interpolation = RESAMPLE[typeof config.resample === 'number' ? config.resample : -1];
  const mean = numbersOf(config.image_mean);
  const standardDeviation = numbersOf(config.image_std);
  const share = config.crop_pct ?? 0.875;
  const isKnown =
    typeof type === 'string' &&
    /^ConvNext(FeatureExtractor|ImageProcessor(Fast|Pil)?)$/.test(type) &&
    typeof side === 'number' &&
    side < 384;
  if (!isKnown || typeof share !== 'number' || !interpolation || !mean || !standardDeviation)
    return undefined;
  return { size: [side, side], resize: Math.trunc(side / share), interpolation, mean, standardDeviation };
}

function transformersModel(config: Fields, file: string): HubModel {
  const field = `${file}: model_type`;
  if (config.model_type !== 'resnet') throw otherNetwork(field, textOf(config.model_type));
  const others = (['downsample_in_first_stage', 'downsample_in_bottleneck'] as const).filter(
    (name) => config[name],
  );
  if (others.length > 0) throw otherNetwork(field, `resnet with ${others.join(' and ')}`);
  if ((config.hidden_act ?? 'relu') !== 'relu')
    throw otherNetwork(field, `resnet with ${textOf(config.hidden_act)}`);
  const shape = {
    depths: numbersOf(config.depths) ?? [],
    hiddenSizes: numbersOf(config.hidden_sizes) ?? [],
    layerType: textOf(config.layer_type ?? 'bottleneck'),
  };
  const model = networkOfShape(shape);
  if (model === undefined) throw otherNetwork(field, `resnet with depths [${shape.depths.join(', ')}]`);
  const labels = fieldsOf(config.id2label);
  const numClasses = count(config.num_labels ?? Object.keys(labels).length, `${file}: id2label`);
  return {
    model,
    numClasses,
    channels: count(config.num_channels ?? 3, `${file}: num_channels`),
    classNames: classNamesOf(labels, numClasses),
    preprocessing: undefined,
  };
}

/** A list, or an object with the classes' numbers for keys. */
function classNamesOf(labels: unknown, numClasses: number): string[] | undefined {
  const given = fieldsOf(labels);
  const names = Array.from({ length: Math.min(numClasses, 100_000) }, (_, i) => given[i]);
  const isWhole =
    names.length === numClasses && names.every((name) => typeof name === 'string' && name !== '');
  return isWhole ? (names as string[]) : undefined;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw failure(file, 'JSON', 'something else');
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function numbersOf(value: unknown): readonly number[] | undefined {
  const isNumbers =
    Array.isArray(value) && value.every((item) => typeof item === 'number' && Number.isFinite(item));
  return isNumbers ? value : undefined;
}

function count(value: unknown, where: string): number {
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  throw failure(where, 'a positive whole number', quote(textOf(value)));
}

/** A value of JSON. Not by `String`, which asks the value itself: an object may have a `toString` that is no function. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none');
}

function otherNetwork(where: string, received: string): WeightsError {
  return new WeightsError('MISMATCH', {
    where,
    expected: 'a network that is here, such as resnet50, resnet50d or seresnet50',
    received: quote(received),
    fix: 'Its tensors may have the same names and shapes, but it computes something else.',
  });
}

function failure(where: string, expected: string, received: string): WeightsError {
  return new WeightsError('FORMAT', { where, expected, received, fix: 'Download or save the folder again.' });
}

import type { ComponentChildren } from 'preact';
import { defaultPictures } from '../defaults.js';
import { formatCount } from '../format.js';
import type { Settings } from '../session/session.js';
import { bounds, type NumberSetting, parseNumber } from './address.js';
import {
  backendNames,
  dataLabels,
  dataNames,
  modelLabels,
  modelNames,
  recipeFacts,
  recipeNames,
} from './catalogue.js';
import { change, settings } from './settings.js';

const backendLabels = {
  auto: 'The best there is',
  webgpu: 'GPU (WebGPU)',
  simd: 'Processor (SIMD, threads)',
} satisfies Record<Settings['backend'], string>;

export interface SettingsFormProps {
  isLocked: boolean;
  /** Where the user's own files are chosen. */
  ownFiles: ComponentChildren;
}

/** The settings of the next run. */
export function SettingsForm({ isLocked, ownFiles }: SettingsFormProps) {
  const { recipe, data, model, backend } = settings.value;
  return (
    <form class="settings" onSubmit={(event) => event.preventDefault()}>
      <fieldset disabled={isLocked}>
        <legend class="hidden">Settings of the run</legend>
        <Choice
          label="Recipe"
          value={recipe}
          options={recipeNames.map((name) => [name, recipeFacts[name].label])}
          onChange={(value) => change({ recipe: value })}
        />
        <p class="hint">
          {recipeFacts[recipe].summary}
          {data === 'own' ? '.' : `: ${defaultPictures.results[recipe]}.`}
        </p>
        <Choice
          label="Data set"
          value={data}
          options={dataNames.map((name) => [name, dataLabels[name]])}
          onChange={(value) => change({ data: value })}
        />
        {data === 'own' && ownFiles}
        <Choice
          label="Network"
          value={model}
          options={modelNames.map((name) => [name, modelLabels[name]])}
          onChange={(value) => change({ model: value })}
        />
        <NumberField name="epochs" label="Epochs" />
        <NumberField
          name="limit"
          label="Training pictures"
          placeholder={data === 'own' ? 'all' : `all ${formatCount(defaultPictures.trainCount)}`}
        />
        <details class="more">
          <summary>More settings</summary>
          <div class="more-fields">
            <Choice
              label="Computed by"
              value={backend}
              options={backendNames.map((name) => [name, backendLabels[name]])}
              onChange={(value) => change({ backend: value })}
            />
            <NumberField name="threads" label="Threads" placeholder="all cores" />
            <NumberField name="batchSize" label="Batch size" />
            <NumberField name="learningRate" label="Learning rate" />
            <NumberField name="seed" label="Seed" />
          </div>
        </details>
      </fieldset>
      {isLocked && <p class="hint">Stop the run to change its settings.</p>}
    </form>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: string;
  options: [value: T, label: string][];
  onChange(value: T): void;
}

function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value as T)}>
        {options.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface NumberFieldProps {
  name: NumberSetting;
  label: string;
  /** What an empty field means, where it may be empty. */
  placeholder?: string;
}

function NumberField({ name, label, placeholder }: NumberFieldProps) {
  const { min, max, isInteger } = bounds[name];
  const take = (input: HTMLInputElement) => {
    if (placeholder !== undefined && input.value === '' && input.validity.valid)
      return change({ [name]: null });
    const value = parseNumber(name, input.value);
    if (value === undefined) input.reportValidity();
    else change({ [name]: value });
  };
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="number"
        name={name}
        min={min}
        max={max}
        step={isInteger ? 1 : 'any'}
        required={placeholder === undefined}
        placeholder={placeholder}
        value={settings.value[name] ?? ''}
        onChange={(event) => take(event.currentTarget)}
      />
    </label>
  );
}

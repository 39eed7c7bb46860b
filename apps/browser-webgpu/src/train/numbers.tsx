import type { ComponentChildren } from 'preact';
import { formatBytes, formatCount, formatDuration, formatRate } from '../format.js';
import { epochHistory, lastStep, memory, plan, secondsLeft, status } from '../run/run.js';
import { settings } from '../settings/settings.js';

const NONE = '–';

/** How far the run is, and how fast. */
export function Numbers() {
  const step = lastStep.value;
  const total = plan.value?.totalSteps;
  const epochs = plan.value?.maxEpochs ?? settings.value.epochs;
  const accuracy = epochHistory.value.at(-1)?.validationAccuracy;
  const left = secondsLeft.value;
  const isRunning = status.value === 'running';
  return (
    <dl class="numbers">
      <Fact name="Loss" id="loss">
        {step ? step.loss.toFixed(3) : NONE}
      </Fact>
      <Fact name="Validation accuracy" id="accuracy">
        {accuracy === undefined ? NONE : `${(100 * accuracy).toFixed(1)}%`}
      </Fact>
      <Fact name="Images a second" id="rate">
        {step && isRunning ? formatRate(step.imagesPerSecond) : NONE}
      </Fact>
      <Fact name="Time left" id="left">
        {left !== undefined && isRunning ? formatDuration(left) : NONE}
      </Fact>
      <Fact name="Epoch" id="epoch" of={step && formatCount(epochs)}>
        {step ? formatCount(Math.min(step.epoch, epochs)) : NONE}
      </Fact>
      <Fact name="Step" id="step" of={total && formatCount(total)}>
        {step ? formatCount(step.step) : NONE}
      </Fact>
      <Fact name="Learning rate" id="learning-rate">
        {step ? step.learningRate.toPrecision(3) : NONE}
      </Fact>
      <Fact name="Memory" id="memory">
        {memory.value ? formatBytes(memory.value.bytes) : NONE}
      </Fact>
    </dl>
  );
}

interface FactProps {
  name: string;
  id: string;
  of?: string | 0 | null;
  children: ComponentChildren;
}

function Fact({ name, id, of, children }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-number={id}>
        <span>{children}</span>
        {of ? <small> of {of}</small> : null}
      </dd>
    </div>
  );
}

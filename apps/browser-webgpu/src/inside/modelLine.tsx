import { formatCount } from '../format.js';
import type { LookInside } from './lookInside.js';
import { modelTitle, percent } from './words.js';

const PROVENANCE = {
  training: 'the network that this page trains',
  file: 'the network from your file',
  shipped: 'a network that comes with this page, trained before',
};

const JUDGED = [
  { count: 100, words: '100 test pictures' },
  { count: 500, words: '500 test pictures' },
  { count: 2000, words: '2,000 test pictures' },
  { count: null, words: 'all test pictures' },
];

const stepCount = (step: number) => (step === 1 ? '1 step' : `${formatCount(step)} steps`);

/** Which model is looked at, how good it is, and the control to look again. */
export function ModelLine({ look }: { look: LookInside }) {
  const facts = look.facts.value;
  const report = look.report.value;
  const judged = look.judged.value;
  return (
    <div class="inside-bar">
      <p>
        {facts === undefined ? (
          'Nothing is known of the network yet.'
        ) : (
          <>
            <strong>{modelTitle(facts.name)}</strong>, {PROVENANCE[facts.provenance]}.
          </>
        )}{' '}
        {report && (
          <>
            {report.step === null ? 'It' : `After ${stepCount(report.step)} it`} knows{' '}
            <strong data-accuracy>{percent(report.accuracy)}</strong> of {formatCount(report.count)} test
            pictures; its loss is {report.loss.toFixed(3)}.
          </>
        )}
      </p>
      <label class="field">
        <span>Judge it by</span>
        <select
          value={String(judged)}
          onChange={({ currentTarget }) =>
            look.judge(currentTarget.value === 'null' ? null : Number(currentTarget.value))
          }
        >
          {JUDGED.map(({ count, words }) => (
            <option key={words} value={String(count)}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <button type="button" class="look-again" onClick={() => look.refresh()}>
        {look.looking.value ? 'Looking…' : 'Look again'}
      </button>
    </div>
  );
}

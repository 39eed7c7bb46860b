import { backend } from '../run/run.js';

/** What computes, and honestly why nothing better does. */
export function BackendNote() {
  const line = backend.value;
  if (line === null) return <p class="backend hint">Looking for what can compute here …</p>;
  const { name, device, details, passedOver } = line;
  return (
    <div class="backend" data-backend={name}>
      <p>
        <b>{name}</b> computes on {device}.
      </p>
      {passedOver.map((better) => (
        <p key={better.name} class="passed-over">
          Why not {better.name}? {better.reason} {better.fix}
        </p>
      ))}
      {passedOver.length > 0 && (
        <p class="passed-over">Another backend can be chosen under “More settings”.</p>
      )}
      <details>
        <summary>Details of the backend</summary>
        <dl class="details">
          {Object.entries(details).map(([key, value]) => (
            <div key={key}>
              <dt>{key}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </details>
    </div>
  );
}

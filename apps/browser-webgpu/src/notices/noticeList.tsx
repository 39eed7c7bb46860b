import { dismiss, notices } from './notices.js';
import './notices.css';

/** All notices, the oldest first; a screen reader says new ones. */
export function NoticeList() {
  return (
    <div class="notices" role="status">
      {notices.value.map(({ name, tone, title, text, action }) => (
        <div key={name} class={`notice ${tone}`} data-notice={name}>
          <div>
            <strong>{title}</strong>
            <p>{text}</p>
          </div>
          <div class="notice-actions">
            {action && (
              <button type="button" onClick={action.run}>
                {action.label}
              </button>
            )}
            <button
              type="button"
              class="quiet"
              onClick={() => dismiss(name)}
              aria-label={`Dismiss: ${title}`}
            >
              Dismiss
            </button>
          </div>
        </div>
      ))}
    </div>
  );
}

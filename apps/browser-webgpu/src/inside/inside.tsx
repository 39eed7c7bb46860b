/** The panel "Look inside". */
export function Inside() {
  return (
    <section class="panel" aria-labelledby="inside-title">
      <h2 id="inside-title">Look inside</h2>
    </section>
  );
}

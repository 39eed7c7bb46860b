/** The panel "Try it". */
export function TryIt() {
  return (
    <section class="panel" aria-labelledby="try-title">
      <h2 id="try-title">Try it</h2>
    </section>
  );
}

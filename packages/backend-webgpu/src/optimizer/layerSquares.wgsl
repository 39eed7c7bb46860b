// Of a layer-wise rule: the sums of squares of each of `groups` parts of a parameter, and of what is measured beside it (`measured` of
// ruleText.ts).

var<workgroup> own: array<f32, 256>;
var<workgroup> other: array<f32, 256>;

const THREADS = 256u;

fn work(index: u32, thread: u32) {
  let groups = parameters.groups;
  let tensor = index / groups;
  if (tensor >= parameters.tensors) { return; }
  let begin = table[4u * tensor];
  let length = table[4u * tensor + 1u];
  let first = THREADS * (index % groups);
  if (first >= length) {
    if (thread == 0u) {
      partials[2u * index] = 0.0;
      partials[2u * index + 1u] = 0.0;
    }
    return;
  }
  var squares = vec2f();
  for (var i = first + thread; i < length; i += THREADS * groups) {
    let values = valuesOf(begin + i, tensor);
    let pair = vec2f(values.parameter, measured(values));
    squares += pair * pair;
  }
  own[thread] = squares.x;
  other[thread] = squares.y;
  workgroupBarrier();
  for (var half = 128u; half > 0u; half /= 2u) {
    if (thread < half) {
      own[thread] += own[thread + half];
      other[thread] += other[thread + half];
    }
    workgroupBarrier();
  }
  if (thread == 0u) {
    partials[2u * index] = own[0];
    partials[2u * index + 1u] = other[0];
  }
}

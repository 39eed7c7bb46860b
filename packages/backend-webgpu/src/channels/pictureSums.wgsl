// The sums of each picture's parts, [picture][channel].

fn element(at: u32) {
  let q = parameters;
  let first = at / q.channels * q.partsPerPicture * q.channels + at % q.channels;
  var sum = 0.0;
  for (var part = 0u; part < q.partsPerPicture; part++) { sum += partials[first + part * q.channels]; }
  sums[at] = sum;
}

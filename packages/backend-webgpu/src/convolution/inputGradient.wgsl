// dx[p, c] = sum over k of A[p, k] B[k, c], k = (tap row i, tap column j, output o): A takes dy where the tap i of a window hits
// the position, B is the filter. With a stride only every stride-th tap does, and which ones depends on the position's remainder
// by the stride: each remainder (a phase) is a product of its own, over its own taps, and no product is with a zero.
// FOURS: the channels of a group are a multiple of four, so that dx is an array of vectors.

fn work(index: u32, thread: u32) {
  let q = parameters;
  if (index >= q.tiles) { return; }
  let n0 = index % q.columnTiles * TILE_N;
  let m0 = index / q.columnTiles % q.rowTiles * TILE_M;
  let phases = q.strideRows * q.strideColumns;
  let part = index / (q.columnTiles * q.rowTiles);
  let group = part / phases;
  let stride = vec2u(q.strideRows, q.strideColumns);
  let phase = vec2u(part % phases / q.strideColumns, part % phases % q.strideColumns);
  let shifted = phase + vec2u(q.paddingRows, q.paddingColumns);
  let firstTap = shifted % stride;
  let extent = (vec2u(q.height, q.width) + stride - 1u - phase) / stride; // positions of the phase along each axis
  let positions = q.pictures * extent.x * extent.y;
  if (m0 >= positions) { return; }
  let allTaps = vec2u(q.tapRows, q.tapColumns);
  let taps = select(vec2u(), (allTaps + stride - 1u - firstTap) / stride, firstTap < allTaps);

  let pixel = q.groups * q.outputs;
  let kk = thread % TILE_K;
  var corners: array<vec3i, 4u * LOADS_A>; // where tap 0 of the phase finds dy
  for (var r = 0u; r < 4u * LOADS_A; r++) {
    let p = m0 + 4u * (thread / TILE_K + r / 4u * (THREADS / TILE_K)) + r % 4u;
    let picture = p / (extent.x * extent.y);
    let row = i32(p / extent.y % extent.x + shifted.x / stride.x);
    let column = i32(p % extent.y + shifted.y / stride.y);
    let outside = i32(-1 << 29);
    corners[r] = vec3i(i32(picture * q.rows * q.columns), select(outside, row, p < positions), column);
  }

  var sums: Sums;
  let depth = taps.x * taps.y * q.outputs;
  if (depth > 0u) {
    var output = kk % q.outputs;
    var tap = vec2u(kk / q.outputs / taps.y, kk / q.outputs % taps.y);
    for (var k0 = 0u; k0 < depth; k0 += TILE_K) {
      for (var l = 0u; l < LOADS_A; l++) {
        var a = vec4f();
        if (tap.x < taps.x) {
          for (var r = 0u; r < 4u; r++) {
            let corner = corners[4u * l + r];
            let row = u32(corner.y - i32(tap.x));
            let column = u32(corner.z - i32(tap.y));
            if (row < q.rows && column < q.columns) {
              a[r] = dy[(u32(corner.x) + row * q.columns + column) * pixel + group * q.outputs + output];
            }
          }
        }
        tileA[kk][thread / TILE_K + l * (THREADS / TILE_K)] = a;
      }
      let filterTap = firstTap + stride * tap;
      for (var l = 0u; l < LOADS_B; l++) {
        let fours = thread / TILE_K + l * (THREADS / TILE_K);
        let n = n0 + 4u * fours;
        var b = vec4f();
        if (tap.x < taps.x) {
          let row = (filterTap.x * q.tapColumns + filterTap.y) * q.channels + n;
          for (var c = 0u; c < 4u; c++) {
            if (n + c < q.channels) { b[c] = filters[(row + c) * pixel + group * q.outputs + output]; }
          }
        }
        tileB[kk][fours] = b;
      }
      workgroupBarrier();
      addProducts(thread, &sums);
      workgroupBarrier();
      output += TILE_K;
      while (output >= q.outputs) {
        output -= q.outputs;
        tap.y++;
        if (tap.y == taps.y) { tap = vec2u(tap.x + 1u, 0u); }
      }
    }
  }

  for (var m = 0u; m < THREAD_M; m++) {
    let p = m0 + firstRow(thread) + m;
    if (p >= positions) { break; }
    let picture = p / (extent.x * extent.y);
    let row = p / extent.y % extent.x * stride.x + phase.x;
    let column = p % extent.y * stride.y + phase.y;
    let at = ((picture * q.height + row) * q.width + column) * q.groups * q.channels + group * q.channels;
    for (var v = 0u; v < VECTORS_N; v++) {
      let n = n0 + firstColumn(thread, v);
      var sum = sums[m * VECTORS_N + v];
      if (FOURS) {
        if (n < q.channels) {
          if (HAS_ADDEND) { sum += addend4[(at + n) / 4u]; }
          dx4[(at + n) / 4u] = sum;
        }
      } else {
        for (var c = 0u; c < 4u; c++) {
          if (n + c < q.channels) {
            if (HAS_ADDEND) { sum[c] += addend[at + n + c]; }
            dx[at + n + c] = sum[c];
          }
        }
      }
    }
  }
}

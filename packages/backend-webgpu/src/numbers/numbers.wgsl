// A compiler may take it that no number is NaN: where one must get through, its bits decide.

fn isNan(value: f32) -> bool { return (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u; }

fn isFinite(value: f32) -> bool { return (bitcast<u32>(value) & 0x7f800000u) != 0x7f800000u; }

/** max(0, value), and NaN for NaN. */
fn rectified(value: f32) -> f32 { return select(value, 0.0, value < 0.0 && !isNan(value)); }

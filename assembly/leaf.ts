/** A node that is not split, and its rows. */
@unmanaged
export class Leaf {
  /** Where its rows are: begin and end within `order`, 16 bits each, and bytes a block. */
  segments: usize
  step: u32
  /** What its targets lose in boosting. */
  shift: f64
}

// Where a square grid of numbers is at a level, as a path of short lines over 100 by 100: in each
// square between four cells from one side that it crosses to another.
export function boundary(grid, cells, level) {
  const at = (column, row) => grid[row * cells + column] - level;
  const parts = [];
  for (let row = 0; row < cells - 1; row++) {
    for (let column = 0; column < cells - 1; column++) {
      const corners = [[column, row], [column + 1, row], [column + 1, row + 1], [column, row + 1]];
      const crossed = [];
      corners.forEach((a, k) => {
        const b = corners[(k + 1) % 4];
        const [u, v] = [at(...a), at(...b)];
        if (u > 0 === v > 0 || Number.isNaN(u + v)) return;
        const share = u / (u - v);
        crossed.push([0, 1].map((c) => (((a[c] + share * (b[c] - a[c]) + 0.5) / cells) * 100).toFixed(2)));
      });
      for (let k = 0; k + 1 < crossed.length; k += 2) parts.push(`M${crossed[k]}L${crossed[k + 1]}`);
    }
  }
  return parts.join("");
}

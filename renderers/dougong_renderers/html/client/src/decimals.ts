// Exact sums of plain decimals, because a sum of money must not be off by a cent.

/** The exact sum of plain decimals such as "1063101.00". */
export function sum(values: readonly string[]): string {
  const scale = Math.max(0, ...values.map((value) => (value.split(".")[1] ?? "").length));
  const total = values.reduce((result, value) => result + scaled(value, scale), 0n);
  const digits = (total < 0n ? -total : total).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const rest = scale ? `.${digits.slice(-scale)}` : "";
  return `${total < 0n ? "-" : ""}${whole}${rest}`;
}

function scaled(value: string, scale: number): bigint {
  if (!/^-?\d+(\.\d+)?$/.test(value)) return 0n;
  const [whole = "0", rest = ""] = value.replace("-", "").split(".");
  const amount = BigInt(whole + rest.padEnd(scale, "0"));
  return value.startsWith("-") ? -amount : amount;
}

/** A plain decimal with groups of three. */
export function grouped(value: string): string {
  const [whole = "", rest] = value.split(".");
  const text = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return rest === undefined ? text : `${text}.${rest}`;
}

// Numbers as the command line prints them, to the last digit.

const GROUPED = new Intl.NumberFormat("en-US");
const UNITS = [[12, "T"], [9, "G"], [6, "M"], [3, "k"]];

const counted = (whole) => GROUPED.format(whole);

// Four digits of a whole number, ties to the even one.
function compact(whole) {
  const digits = String(whole).length;
  if (digits < 5) return counted(whole);
  const step = 10 ** (digits - 4);
  const rest = whole % step;
  let kept = (whole - rest) / step;
  if (2 * rest > step || (2 * rest === step && kept % 2)) kept += 1;
  const length = kept === 10000 ? digits + 1 : digits;
  const figures = String(kept).slice(0, 4);
  const [power, letter] = UNITS.find(([least]) => length > least);
  const before = length - power;
  return before < 4
    ? `${figures.slice(0, before)}.${figures.slice(before)} ${letter}`
    : `${figures.padEnd(before, "0")} ${letter}`;
}

// So many decimals of a number that is not negative. toFixed rounds a tie up; here it goes to the
// even digit.
function fixed(number, decimals) {
  const text = number.toFixed(decimals);
  const isTie = (number * 2 ** (decimals + 1)) % 2 === 1;
  const isOdd = Number(text.at(-1)) % 2 === 1;
  return isTie && isOdd ? (number - 0.25 * 10 ** -decimals).toFixed(decimals) : text;
}

const percent = (part, whole) => (whole ? fixed(100 * (part / whole), 2) : "");
const quotient = (part, whole) => (whole ? fixed(part / whole, 4) : "");

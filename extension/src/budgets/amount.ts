/** Amounts are counted in billionths of a dollar, as the ledger does: whole numbers, which no sum can blur. */
const PLACES = 9;
const DOLLAR = 10n ** BigInt(PLACES);
const WRITTEN = /^(\d*)\.?(\d*)(?:[Ee]([+-]?\d+))?$/;

/** The billionths of a dollar in an amount as the owner writes it, as in `0.5` or `5E-9`. */
export function billionths(text: string): bigint {
  const [, whole = '', part = '', power = '0'] = WRITTEN.exec(text) ?? [];
  const missing = PLACES - part.length + Number(power);
  const digits = BigInt(`0${whole}${part}`);
  return missing >= 0 ? digits * 10n ** BigInt(missing) : digits / 10n ** BigInt(-missing);
}

/** An amount as it is read: to the cent, and below 10 cents to two digits that say something. */
export function dollars(text: string): string {
  const amount = billionths(text);
  const isSmall = amount > 0n && amount * 10n < DOLLAR;
  const places = isSmall ? Math.min(PLACES + 2 - String(amount).length, PLACES) : 2;
  const unit = 10n ** BigInt(PLACES - places);
  const digits = String((amount + unit / 2n) / unit).padStart(places + 1, '0');
  const whole = digits.slice(0, -places).replace(/\B(?=(?:\d{3})+$)/g, ',');
  return `$${whole}.${digits.slice(-places)}`;
}

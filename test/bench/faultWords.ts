// Random texts to plant faults in.
export type Random = () => number;

export const WORDS =
  'river mountain bread window garden letter music paper winter stone bridge market silver forest animal teacher doctor engine history colour kitchen ocean planet village summer minister contract journey hospital harbour orchestra cathedral vegetable temperature measure library student winner factory building'.split(
    ' ',
  );
export const VERBS = 'holds moves finds keeps brings shows builds carries follows changes'.split(' ');

export const pick = <T>(random: Random, list: readonly T[]): T =>
  list[Math.floor(random() * list.length)] as T;

export function sentence(random: Random): string {
  const noun = (): string => `${pick(random, WORDS)} ${pick(random, WORDS)}`;
  return `The ${noun()} ${pick(random, VERBS)} the ${noun()} near ${Math.floor(random() * 9000) + 100} ${pick(random, WORDS)}s.`;
}

export function answer(random: Random, min = 3, max = 9): string {
  const count = min + Math.floor(random() * (max - min));
  return Array.from({ length: count }, () => sentence(random)).join(' ');
}

export const question = (random: Random): string =>
  `How does the ${pick(random, WORDS)} of the ${pick(random, WORDS)} change the ${pick(random, WORDS)} in ${Math.floor(random() * 1e6)}?`;

const HAN =
  '我们今天在山上看见一条很长的河水和许多美丽的花草树木然后回到城市里吃饭喝茶聊天直到晚上才睡觉因为明天还要工作学习'.split(
    '',
  );
export const han = (random: Random, length: number): string =>
  Array.from({ length }, () => pick(random, HAN)).join('');
export const code = (random: Random, alphabet: string, length: number): string =>
  Array.from({ length }, () => pick(random, alphabet.split(''))).join('');
export const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
export const MIXED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * Which sector the common base coins belong to. Coins that are not listed are of one sector together, `other`: of what nobody
 * looked at, no more is held than of what somebody did. Multiples such as 1000PEPE and SHIB1000 are the coin that they are made of.
 */
import { coinOfBase } from "./symbol-name.ts";

const SECTORS: Readonly<Record<string, string>> = {
  bitcoin: "BTC WBTC BCH BSV BTG",
  "smart-contracts":
    "ETH ETC SOL ADA AVAX DOT ATOM NEAR APT SUI SEI ALGO EGLD FTM S TRX TON XTZ EOS A NEO QTUM VET KAVA ICP HBAR FLOW ONE CELO KAS INJ TIA BERA HYPE MOVE KLAY KAIA ZIL WAVES ASTR GLMR CFX MINA ROSE IOTA KSM ONT ICX MNT",
  scaling: "ARB OP MATIC POL STRK ZK IMX METIS MANTA BLAST SCR ZRO SKL LRC BOBA CTSI LINEA TAIKO",
  payments: "XRP XLM LTC DASH BAT ACH XNO DGB ZEN PI",
  privacy: "XMR ZEC SCRT DCR",
  memes:
    "DOGE SHIB PEPE FLOKI BONK WIF BOME MEME TURBO PEOPLE BRETT POPCAT MEW MOG NEIRO PNUT ACT GOAT TRUMP MELANIA FARTCOIN PENGU MOODENG DOGS BABYDOGE SATS ORDI RATS",
  defi: "UNI AAVE MKR SKY COMP CRV CVX SNX SUSHI YFI LDO RPL PENDLE ENA DYDX GMX JUP RAY CAKE 1INCH BAL RUNE ONDO ETHFI EIGEN REZ RSR FXS SPELL JTO KMNO CETUS BNT KNC ZRX UMA MORPHO USUAL COW WOO DRIFT",
  exchanges: "BNB OKB LEO CRO BGB GT KCS HT FTT MX",
  ai: "FET AGIX OCEAN RENDER RNDR TAO WLD ARKM AKT NMR GRT AIOZ PHB VIRTUAL AI16Z AIXBT GRASS IO TRAC CGPT KAITO",
  storage: "FIL AR STORJ BTT SC BLZ HOT",
  oracles: "LINK PYTH BAND API3 TRB DIA",
  games:
    "AXS SAND MANA GALA ENJ ILV YGG MAGIC PIXEL RON BEAM PORTAL XAI ACE APE GMT CHZ ALICE TLM BIGTIME SUPER NOT",
  metals: "PAXG XAUT XAU XAG",
  fiat: "USDC USDE DAI TUSD FDUSD EUR",
};

export const OTHER_SECTOR = "other";

const BY_COIN = new Map(
  Object.entries(SECTORS)
    .reverse()
    .flatMap(([sector, coins]) => coins.split(" ").map((coin) => [coin, sector] as const)),
);

/** `baseCoin` as a venue names it, multiples too. */
export function sectorOf(baseCoin: string): string {
  return knownSectorOf(baseCoin) ?? OTHER_SECTOR;
}

/** Null for a coin that is not listed. */
export function knownSectorOf(baseCoin: string): string | null {
  return BY_COIN.get(baseCoin) ?? BY_COIN.get(coinOfBase(baseCoin)) ?? null;
}

/** Every sector with its coins. */
export function listedSectors(): ReadonlyMap<string, readonly string[]> {
  return new Map(Object.entries(SECTORS).map(([sector, coins]) => [sector, coins.split(" ")]));
}

//! What the codes of simple fonts stand for: the base encodings of ISO 32000-2 Annex D and glyph names (9.6.5).

use memchr::memmem;

use super::tokens::{Token, Tokens};

/// A character per code; `None` where nobody knows.
pub(super) type Characters = [Option<char>; 256];

/// The encodings that a font can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BaseEncoding {
    MacRoman,
    Standard,
    WinAnsi,
}

impl BaseEncoding {
    pub(super) fn from_name(name: &[u8]) -> Option<Self> {
        match name {
            b"MacRomanEncoding" => Some(Self::MacRoman),
            b"StandardEncoding" => Some(Self::Standard),
            b"WinAnsiEncoding" => Some(Self::WinAnsi),
            _ => None,
        }
    }

    pub(super) fn characters(self) -> Characters {
        let mut characters = [None; 256];
        let upper = match self {
            Self::MacRoman => MAC_ROMAN,
            Self::Standard => STANDARD,
            Self::WinAnsi => WIN_ANSI,
        };
        let codes = (' '..='~').chain(Some(UNDEFINED)).chain(upper.chars());
        for (slot, character) in characters.iter_mut().skip(0x20).zip(codes) {
            *slot = (character != UNDEFINED).then_some(character);
        }
        if self == Self::Standard {
            characters[0x27] = Some('’');
            characters[0x60] = Some('‘');
        }
        characters
    }
}

/// The character that a glyph name stands for, after the rules of the Adobe Glyph List, of which the Latin part is here.
pub(super) fn glyph_character(name: &[u8]) -> Option<char> {
    let name = core::str::from_utf8(name).ok()?;
    let name = name.split_once('.').map_or(name, |(stem, _)| stem);
    let mut characters = name.chars();
    if let (Some(character), None) = (characters.next(), characters.next()) {
        return character.is_ascii_alphabetic().then_some(character);
    }
    if matches!(name, "space" | "nbspace" | "nonbreakingspace") {
        return Some(' ');
    }
    let mut places = memmem::find_iter(GLYPH_NAMES.as_bytes(), name.as_bytes());
    let named = places.find_map(|at| {
        let before = GLYPH_NAMES.get(..at)?;
        let mut after = GLYPH_NAMES.get(at + name.len()..)?.chars();
        let character = after.next()?;
        let whole = before.is_empty() || before.ends_with(' ');
        (whole && matches!(after.next(), None | Some(' '))).then_some(character)
    });
    named.or_else(|| {
        let digits = match name.strip_prefix("uni") {
            Some(digits) if digits.len() == 4 => digits,
            _ => name
                .strip_prefix('u')
                .filter(|digits| (4..=6).contains(&digits.len()))?,
        };
        let upper = |digit: u8| matches!(digit, b'0'..=b'9' | b'A'..=b'F');
        let code = u32::from_str_radix(digits, 16).ok()?;
        char::from_u32(code).filter(|_| digits.bytes().all(upper))
    })
}

/// The encoding that a Type 1 font program defines in its clear-text part: `dup 65 /A put`, again and again. None if it
/// names a known one instead.
pub(super) fn built_in(program: &[u8]) -> Option<Characters> {
    let clear = program.get(..memmem::find(program, b"eexec")?)?;
    let start = memmem::find(clear, b"/Encoding")?;
    let mut tokens = Tokens::new(clear.get(start + 9..)?);
    let mut characters = [None; 256];
    let (mut any, mut code) = (false, None);
    // Where the syntax breaks off, so does the encoding.
    while let Ok(Some(token)) = tokens.next() {
        match token {
            Token::Keyword(b"StandardEncoding" | b"ISOLatin1Encoding") if !any => return None,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "saturates"
            )]
            Token::Number(number) => code = Some(number as usize),
            Token::Name(name) => {
                if let Some(slot) = code.take().and_then(|code| characters.get_mut(code)) {
                    *slot = glyph_character(&name);
                    any = true;
                }
            }
            Token::Keyword(b"def" | b"readonly") if any => break,
            _ => {}
        }
    }
    any.then_some(characters)
}

const UNDEFINED: char = '\u{fffd}';

// Codes 0x80 to 0xFF.
const MAC_ROMAN: &str = "\
    ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨\u{fffd}ÆØ\u{fffd}±\u{fffd}\u{fffd}¥µ\u{fffd}\u{fffd}\
    \u{fffd}\u{fffd}\u{fffd}ªº\u{fffd}æø¿¡¬\u{fffd}ƒ\u{fffd}\u{fffd}«»…\u{a0}ÀÃÕŒœ–—“”‘’÷\u{fffd}ÿŸ⁄¤‹›ﬁ\
    ﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{fffd}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";

const STANDARD: &str = "\
    \u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\
    \u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\
    \u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}¡¢£⁄¥ƒ§¤'“«‹›ﬁﬂ\u{fffd}–†‡·\
    \u{fffd}¶•‚„”»…‰\u{fffd}¿\u{fffd}`´ˆ˜¯˘˙¨\u{fffd}˚¸\u{fffd}˝˛ˇ—\u{fffd}\u{fffd}\u{fffd}\u{fffd}\
    \u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}Æ\
    \u{fffd}ª\u{fffd}\u{fffd}\u{fffd}\u{fffd}ŁØŒº\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}æ\u{fffd}\
    \u{fffd}\u{fffd}ı\u{fffd}\u{fffd}łøœß\u{fffd}\u{fffd}\u{fffd}\u{fffd}";

pub(super) const WIN_ANSI: &str = "\
    €•‚ƒ„…†‡ˆ‰Š‹Œ•Ž••‘’“”•–—˜™š›œ•žŸ ¡¢£¤¥¦§¨©ª«¬-®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâã\
    äåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ";

// Each name is followed by its character.
const GLYPH_NAMES: &str = "\
    AEÆ AacuteÁ AbreveĂ AcircumflexÂ AdieresisÄ AgraveÀ AmacronĀ AogonekĄ AringÅ AtildeÃ CacuteĆ CcaronČ \
    CcedillaÇ CcircumflexĈ CdotĊ CdotaccentĊ DcaronĎ DcroatĐ Delta∆ DslashĐ EacuteÉ EbreveĔ EcaronĚ \
    EcircumflexÊ EdieresisË EdotĖ EdotaccentĖ EgraveÈ EmacronĒ EngŊ EogonekĘ EthÐ Euro€ GbreveĞ GcedillaĢ \
    GcircumflexĜ GcommaaccentĢ GdotĠ GdotaccentĠ HbarĦ HcircumflexĤ IJĲ IacuteÍ IbreveĬ IcircumflexÎ \
    IdieresisÏ Idotİ Idotaccentİ IgraveÌ ImacronĪ IogonekĮ ItildeĨ JcircumflexĴ KcedillaĶ KcommaaccentĶ \
    LacuteĹ LcaronĽ LcedillaĻ LcommaaccentĻ LdotĿ LdotaccentĿ LslashŁ NacuteŃ NcaronŇ NcedillaŅ \
    NcommaaccentŅ NtildeÑ OEŒ OacuteÓ ObreveŎ OcircumflexÔ OdblacuteŐ OdieresisÖ OgraveÒ OhungarumlautŐ \
    OmacronŌ OmegaΩ OslashØ OtildeÕ RacuteŔ RcaronŘ RcedillaŖ RcommaaccentŖ SacuteŚ ScaronŠ ScedillaŞ \
    ScircumflexŜ TbarŦ TcaronŤ TcedillaŢ TcommaaccentŢ ThornÞ UacuteÚ UbreveŬ UcircumflexÛ UdblacuteŰ \
    UdieresisÜ UgraveÙ UhungarumlautŰ UmacronŪ UogonekŲ UringŮ UtildeŨ WcircumflexŴ YacuteÝ YcircumflexŶ \
    YdieresisŸ ZacuteŹ ZcaronŽ ZdotŻ ZdotaccentŻ aacuteá abreveă acircumflexâ acute´ adieresisä aeæ agraveà \
    amacronā ampersand& aogoneką aringå asciicircum^ asciitilde~ asterisk* at@ atildeã backslash\u{5c} bar| \
    braceleft{ braceright} bracketleft[ bracketright] breve˘ brokenbar¦ bullet• cacuteć caronˇ ccaronč \
    ccedillaç ccircumflexĉ cdotċ cdotaccentċ cedilla¸ cent¢ circumflexˆ colon: comma, copyright© currency¤ \
    dagger† daggerdbl‡ dcaronď dcroatđ degree° dieresis¨ divide÷ dmacronđ dollar$ dotaccent˙ dotlessiı \
    eacuteé ebreveĕ ecaroně ecircumflexê edieresisë edotė edotaccentė egraveè eight8 ellipsis… emacronē \
    emdash— endash– engŋ eogonekę equal= ethð exclam! exclamdown¡ f_fﬀ f_f_iﬃ f_f_lﬄ f_iﬁ f_lﬂ ffﬀ ffiﬃ fflﬄ fiﬁ figuredash‒ five5 flﬂ \
    florinƒ four4 fraction⁄ gbreveğ gcedillaģ gcircumflexĝ gcommaaccentģ gdotġ gdotaccentġ germandblsß \
    grave` greater> guillemotleft« guillemotright» guilsinglleft‹ guilsinglright› hbarħ hcircumflexĥ \
    horizontalbar― hungarumlaut˝ hyphen- iacuteí ibreveĭ icircumflexî idieresisï igraveì ijĳ imacronī \
    iogonekį itildeĩ jcircumflexĵ kcedillaķ kcommaaccentķ kgreenlandicĸ lacuteĺ lcaronľ lcedillaļ \
    lcommaaccentļ ldotŀ ldotaccentŀ less< logicalnot¬ longsſ lslashł macron¯ minus− muµ multiply× nacuteń \
    napostropheŉ ncaronň ncedillaņ ncommaaccentņ nine9 ntildeñ numbersign# oacuteó obreveŏ \
    ocircumflexô odblacuteő odieresisö oeœ ogonek˛ ograveò ohungarumlautő omacronō one1 onehalf½ \
    onequarter¼ onesuperior¹ ordfeminineª ordmasculineº oslashø otildeõ paragraph¶ parenleft( parenright) \
    percent% period. periodcentered· perthousand‰ plus+ plusminus± question? questiondown¿ quotedbl\u{22} \
    quotedblbase„ quotedblleft“ quotedblright” quoteleft‘ quoteright’ quoterightnŉ quotesinglbase‚ \
    quotesingle' racuteŕ rcaronř rcedillaŗ rcommaaccentŗ registered® ring˚ sacuteś scaronš scedillaş \
    scircumflexŝ section§ semicolon; seven7 sfthyphen\u{ad} six6 slash/ slongſ sterling£ tbarŧ \
    tcaronť tcedillaţ tcommaaccentţ thornþ three3 threequarters¾ threesuperior³ tilde˜ trademark™ two2 \
    twosuperior² uacuteú ubreveŭ ucircumflexû udblacuteű udieresisü ugraveù uhungarumlautű umacronū \
    underscore_ uogonekų uringů utildeũ wcircumflexŵ yacuteý ycircumflexŷ ydieresisÿ yen¥ zacuteź zcaronž \
    zdotż zdotaccentż zero0";

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(encoding: BaseEncoding, bytes: &[u8]) -> String {
        let characters = encoding.characters();
        let known = bytes
            .iter()
            .map(|byte| characters[usize::from(*byte)].unwrap_or(UNDEFINED));
        known.collect()
    }

    #[test]
    fn base_encodings_follow_annex_d() {
        assert_eq!(
            decode(BaseEncoding::WinAnsi, b"A'`~\x7f\x80\x99\xe9\xff"),
            "A'`~\u{fffd}€™éÿ"
        );
        assert_eq!(
            decode(BaseEncoding::Standard, b"A'`\xae\xe1\xfb\x80"),
            "A’‘ﬁÆß\u{fffd}"
        );
        assert_eq!(
            decode(BaseEncoding::MacRoman, b"\x80\x8e\xca\xdb\xff\xf0"),
            "Äé\u{a0}¤ˇ\u{fffd}"
        );
    }

    #[test]
    fn font_programs_bring_their_encoding() {
        let program = |encoding: &str| {
            let text = format!(
                "%!PS-AdobeFont-1.0: X\n/FontName /X def /Encoding {encoding}\ncurrentfile eexec dup 66 /B put"
            );
            built_in(text.as_bytes())
        };
        let own = "256 array 0 1 255 {1 index exch /.notdef put} for dup 58 /period put dup 15/bullet put dup 999 /A put readonly def dup 65 /A put";
        let characters = program(own).expect("it has an encoding");
        assert_eq!(
            [
                characters[58],
                characters[15],
                characters[65],
                characters[66]
            ],
            [Some('.'), Some('•'), None, None]
        );
        assert_eq!(program("StandardEncoding def"), None);
        assert_eq!(built_in(b"no program"), None);
    }

    #[test]
    fn glyph_names_are_understood() {
        for (name, character) in [
            ("A", 'A'),
            ("zero", '0'),
            ("Euro", '€'),
            ("parenleft", '('),
            ("space", ' '),
            ("fi", 'ﬁ'),
            ("f_f_i", 'ﬃ'),
            ("uni7532", '甲'),
            ("u65B9", '方'),
            ("u20000", '\u{20000}'),
            ("a.sc", 'a'),
            ("parenright.alt", ')'),
        ] {
            assert_eq!(glyph_character(name.as_bytes()), Some(character), "{name}");
        }
        for name in [
            "", "g12", "C0_1", "uni75", "uniD800", "u65b9", "1", "ze", ".notdef", "uni+532",
        ] {
            assert_eq!(glyph_character(name.as_bytes()), None, "{name}");
        }
    }
}

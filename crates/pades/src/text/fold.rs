//! Characters as they are compared: what looks the same to a reader of a contract is the same here.
//!
//! Full-width and half-width forms, vertical and small punctuation, ligatures, radicals and compatibility ideographs become
//! their ordinary characters; white space and what is invisible is dropped. Radicals matter more than they seem to: fonts draw
//! `⽅` (U+2F45) and `方` (U+65B9) with one glyph, and browsers write the radical into the PDF.
//!
//! The full NFKC tables would cost the browser more than the rest of this module; case and accents count.

/// Stands for a glyph whose character nobody knows; never part of a keyword.
pub(super) const UNKNOWN: char = '\u{fffd}';

/// Pushes what `character` is compared as: nothing, one character or several.
pub(super) fn fold(character: char, push: &mut impl FnMut(char)) {
    let code = u32::from(character);
    let single = match code {
        0xad | 0x200b..=0x200f | 0x2060..=0x2064 | 0xfe00..=0xfe0f | 0xfeff => return,
        _ if character.is_whitespace() || character.is_control() => return,
        0x2010 | 0x2011 => '-',
        0x2012 => '–',
        0x2022 | 0x2027 | 0x30fb | 0xff65 => '·',
        0x2044 | 0x2215 => '/',
        0x301c => '~',
        0x2e80..=0x2ef3 => listed(RADICALS_SUPPLEMENT, code - 0x2e80, character),
        0x2f00..=0x2fd5 => listed(KANGXI_RADICALS, code - 0x2f00, character),
        0xf900..=0xfad9 => listed(COMPATIBILITY_IDEOGRAPHS, code - 0xf900, character),
        0xfb00..=0xfb06 => {
            let ligatures = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"];
            let letters = ligatures.iter().zip(0xfb00..).find(|(_, at)| *at == code);
            for letter in letters.into_iter().flat_map(|(letters, _)| letters.chars()) {
                push(letter);
            }
            return;
        }
        0xfe10..=0xfe19 => listed(",、。:;!?〖〗…", code - 0xfe10, character),
        0xfe30..=0xfe48 => listed(
            "‥—–__(){}〔〕【】《》〈〉「」『』~~[]",
            code - 0xfe30,
            character,
        ),
        0xfe50..=0xfe6b => listed(",、.~;:?!—(){}〔〕#&*+-<>=~\\$%@", code - 0xfe50, character),
        0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(character),
        0xffe0 => '¢',
        0xffe1 => '£',
        0xffe5 => '¥',
        _ => character,
    };
    // Ideographs that fonts for Chinese draw with one glyph.
    push(match single {
        '戶' | '戸' => '户',
        '郞' => '郎',
        '㬵' => '胶',
        other => other,
    });
}

/// The keyword as it is compared.
pub(super) fn folded(word: &str) -> Vec<char> {
    let mut result = Vec::new();
    for character in word.chars() {
        fold(character, &mut |folded| result.push(folded));
    }
    result
}

/// The character at `index` of a table, in which a tilde stands for "stays as it is".
fn listed(table: &str, index: u32, otherwise: char) -> char {
    let found = table.chars().zip(0..).find(|(_, at)| *at == index);
    found.map_or(otherwise, |(character, _)| {
        if character == '~' {
            otherwise
        } else {
            character
        }
    })
}

// Unicode 14, EquivalentUnifiedIdeograph for U+2E80 to U+2EF3, compatibility decompositions for the other two.
const RADICALS_SUPPLEMENT: &str = "\
    ~厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵~旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓\
    罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨\
    鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟";

const KANGXI_RADICALS: &str = "\
    一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾\
    干幺广廴廾弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火爪父爻爿片牙牛犬玄玉瓜瓦甘生\
    用田疋疒癶白皮皿目矛矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷\
    豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門阜隶隹雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻\
    黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠";

const COMPATIBILITY_IDEOGRAPHS: &str = "\
    豈更車賈滑串句龜龜契金喇奈懶癩羅蘿螺裸邏樂洛烙珞落酪駱亂卵欄爛蘭鸞嵐濫藍襤拉臘蠟廊朗浪狼郎來冷勞擄櫓\
    爐盧老蘆虜路露魯鷺碌祿綠菉錄鹿論壟弄籠聾牢磊賂雷壘屢樓淚漏累縷陋勒肋凜凌稜綾菱陵讀拏樂諾丹寧怒率異北\
    磻便復不泌數索參塞省葉說殺辰沈拾若掠略亮兩凉梁糧良諒量勵呂女廬旅濾礪閭驪麗黎力曆歷轢年憐戀撚漣煉璉秊\
    練聯輦蓮連鍊列劣咽烈裂說廉念捻殮簾獵令囹寧嶺怜玲瑩羚聆鈴零靈領例禮醴隸惡了僚寮尿料樂燎療蓼遼龍暈阮劉\
    杻柳流溜琉留硫紐類六戮陸倫崙淪輪律慄栗率隆利吏履易李梨泥理痢罹裏裡里離匿溺吝燐璘藺隣鱗麟林淋臨立笠粒\
    狀炙識什茶刺切度拓糖宅洞暴輻行降見廓兀嗀~~塚~晴~~凞猪益礼神祥福靖精羽~蘒~諸~~逸都~~~飯飼\
    館鶴郞隷侮僧免勉勤卑喝嘆器塀墨層屮悔慨憎懲敏既暑梅海渚漢煮爫琢碑社祉祈祐祖祝禍禎穀突節練縉繁署者臭艹\
    艹著褐視謁謹賓贈辶逸難響頻恵𤋮舘~~並况全侀充冀勇勺喝啕喙嗢塚墳奄奔婢嬨廒廙彩徭惘慎愈憎慠懲戴揄搜摒\
    敖晴朗望杖歹殺流滛滋漢瀞煮瞧爵犯猪瑱甆画瘝瘟益盛直睊着磌窱節类絛練缾者荒華蝹襁覆視調諸請謁諾諭謹變贈\
    輸遲醙鉶陼難靖韛響頋頻鬒龜𢡊𢡄𣏕㮝䀘䀹𥉉𥳐𧻓齃龎";

#[cfg(test)]
mod tests {
    use super::*;

    fn as_text(word: &str) -> String {
        folded(word).into_iter().collect()
    }

    #[test]
    fn widths_spaces_and_presentation_forms_are_one() {
        assert_eq!(as_text("甲 方（盖\u{3000}章）"), "甲方(盖章)");
        assert_eq!(as_text("ＡＢｃ１２：￥"), "ABc12:¥");
        assert_eq!(as_text("︵盖章︶﹙﹚﹇﹈"), "(盖章)()[]");
        assert_eq!(as_text("o\u{fb03}ce \u{ad}\u{200b}\u{feff}x"), "officex");
        assert_eq!(as_text("﹣﹨﹫︙︐"), "-\\@…,");
    }

    #[test]
    fn radicals_and_compatibility_ideographs_become_ordinary_ones() {
        assert_eq!(as_text("甲⽅⻚⾦⻓"), "甲方页金长");
        assert_eq!(as_text("⼾戶戸㬵郞"), "户户户胶郎");
        assert_eq!(
            as_text("\u{f900}\u{f90a}\u{fad9}\u{fa0e}"),
            "豈金龎\u{fa0e}"
        );
        assert_eq!(
            as_text("\u{2e80}\u{2e81}\u{2ef3}\u{2f00}\u{2fd5}"),
            "\u{2e80}厂龟一龠"
        );
    }

    #[test]
    fn tables_are_complete() {
        assert_eq!(RADICALS_SUPPLEMENT.chars().count(), 0x2ef3 - 0x2e80 + 1);
        assert_eq!(KANGXI_RADICALS.chars().count(), 0x2fd5 - 0x2f00 + 1);
        assert_eq!(
            COMPATIBILITY_IDEOGRAPHS.chars().count(),
            0xfad9 - 0xf900 + 1
        );
    }
}

//! Names that belong to nobody.

use crate::draw::Draw;

/// The first and second characters of brands. No pair of them stands anywhere in the public
/// lists of companies' names that were to hand, and the mark 样例 stands before every name.
const FIRST: &str = "嵘柘鸢锟珺翀珞苒崤桉荃峤浉灼峄锵琮炘湜炅翮铮葳蘅煊晞渑锴澴芃晔棣昀铎翥岑琰鹄镒汝岱濮樾焱";
const SECOND: &str = "衡岳澜川恒拓驰屹泽源瀚辰曜晖旭昇煜铭钧锐翎翔翼枢极维度量测析策元素核芯域航桥圃谱";

/// The mark that every invented name carries.
pub const MARK: &str = "样例";

/// `count` brands, no two alike.
pub fn brands(seed: u64, count: usize) -> Vec<String> {
    let all: Vec<String> =
        FIRST.chars().flat_map(|first| SECOND.chars().map(move |second| format!("{first}{second}"))).collect();
    let wanted = count.div_ceil(all.len());
    let mut brands = Draw::new(seed, "brands").shuffled(all);
    // A zone larger than the pairs of characters numbers its further rounds.
    let first_round = brands.clone();
    for round in 2..=wanted {
        brands.extend(first_round.iter().map(|brand| format!("{brand}{}", ordinal(round))));
    }
    brands.truncate(count);
    brands
}

fn ordinal(round: usize) -> String {
    const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    round.to_string().chars().filter_map(|c| c.to_digit(10)).map(|digit| DIGITS[digit as usize]).collect()
}

/// An enterprise's name: mark, brand, trade, form.
pub fn enterprise(brand: &str, trade: &str, form: &str) -> String {
    format!("{MARK}{brand}{trade}{form}")
}

/// The name of an invented person, plainly invented: 样例张工.
pub fn person(draw: &mut Draw, number: usize) -> String {
    const FAMILY: [&str; 20] = [
        "张", "王", "李", "赵", "陈", "刘", "杨", "黄", "周", "吴", "徐", "孙", "马", "朱", "胡", "郭", "何", "林",
        "高", "罗",
    ];
    const CALLING: [&str; 4] = ["工", "博士", "教授", "研究员"];
    format!("{MARK}{}{}{:03}", draw.pick(&FAMILY), draw.pick(&CALLING), number + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brands_stay_apart_even_beyond_the_pairs_of_characters() {
        let brands = brands(1, 4_000);
        let different: std::collections::HashSet<&String> = brands.iter().collect();
        assert_eq!(different.len(), 4_000);
    }
}

//! What an enterprise's industry says about its size, its people and its research.

/// The medians of one industry, from which an enterprise departs at random.
#[derive(Debug)]
pub struct Industry {
    /// The class of GB/T 4754-2017.
    pub code: &'static str,
    /// The words an enterprise of this industry puts in its name.
    pub words: &'static [&'static str],
    /// What it makes, for its patents, achievements and contracts.
    pub things: &'static [&'static str],
    /// The park that gathers it: a place in [`crate::organs::PARKS`].
    pub park: usize,
    /// How many of a thousand enterprises belong to it.
    pub weight: f64,
    /// The median of people.
    pub staff: f64,
    /// Operating revenue a head, 万元 a year.
    pub revenue_per_head: f64,
    /// R&D expense as a share of revenue, where there is any.
    pub research: f64,
    /// The share of enterprises without any R&D.
    pub idle: f64,
    /// Profit before tax as a share of revenue.
    pub margin: f64,
    /// Assets at the year's end against a year's revenue.
    pub assets: f64,
    /// Pay a head, 万元 a year.
    pub pay: f64,
    /// The field of high technology (国科发火〔2016〕32号, annex), second level; empty where there is none.
    pub field: &'static str,
}

macro_rules! industries {
    ($($code:literal $field:literal park $park:literal weight $weight:literal staff $staff:literal
       head $head:literal research $research:literal idle $idle:literal margin $margin:literal
       assets $assets:literal pay $pay:literal [$($word:literal),*] [$($thing:literal),*];)*) => {
        /// The industries of the sample zone. The rates follow the order known from the statistics of
        /// high-tech zones: software and research spend most on R&D, trade and building least.
        pub static INDUSTRIES: &[Industry] = &[$(Industry {
            code: $code, field: $field, park: $park, weight: $weight, staff: $staff, revenue_per_head: $head,
            research: $research, idle: $idle, margin: $margin, assets: $assets, pay: $pay,
            words: &[$($word),*], things: &[$($thing),*],
        },)*];
    };
}

industries! {
    "3484" "804" park 0 weight 62.0 staff 38.0 head 72.0 research 0.036 idle 0.18 margin 0.062 assets 1.15 pay 8.2 ["精密机械", "机械零部件"] ["传动齿轮箱", "精密锻件", "数控加工单元"];
    "3441" "804" park 0 weight 30.0 staff 52.0 head 78.0 research 0.041 idle 0.12 margin 0.071 assets 1.20 pay 8.6 ["流体装备", "泵业"] ["磁力驱动泵", "真空机组", "耐腐蚀泵"];
    "3491" "805" park 0 weight 28.0 staff 45.0 head 92.0 research 0.072 idle 0.05 margin 0.068 assets 1.45 pay 12.5 ["机器人", "智能装备"] ["码垛机器人", "焊接工作站", "柔性上料单元"];
    "3521" "804" park 0 weight 24.0 staff 60.0 head 95.0 research 0.039 idle 0.10 margin 0.066 assets 1.30 pay 9.1 ["化工装备", "重型装备"] ["反应釜", "换热器", "干燥塔"];
    "3451" "804" park 0 weight 22.0 staff 70.0 head 68.0 research 0.038 idle 0.14 margin 0.064 assets 1.25 pay 8.0 ["轴承科技"] ["主轴轴承", "陶瓷轴承", "轴承保持架"];
    "3670" "807" park 0 weight 48.0 staff 85.0 head 96.0 research 0.036 idle 0.10 margin 0.055 assets 1.05 pay 8.8 ["汽车部件", "汽车零部件"] ["转向节", "空气弹簧", "热管理阀体"];
    "3311" "401" park 0 weight 36.0 staff 40.0 head 80.0 research 0.021 idle 0.35 margin 0.045 assets 0.95 pay 7.6 ["钢构", "金属制品"] ["装配式钢梁", "重载支架"];
    "3823" "806" park 3 weight 58.0 staff 55.0 head 88.0 research 0.043 idle 0.10 margin 0.070 assets 1.15 pay 9.0 ["电气", "配电设备"] ["固体绝缘环网柜", "智能断路器", "箱式变电站"];
    "3812" "806" park 3 weight 34.0 staff 75.0 head 82.0 research 0.044 idle 0.08 margin 0.065 assets 1.20 pay 9.2 ["电机", "电驱动"] ["永磁同步电机", "防爆电机", "伺服电机"];
    "3831" "806" park 3 weight 26.0 staff 58.0 head 150.0 research 0.030 idle 0.15 margin 0.046 assets 0.85 pay 8.0 ["线缆", "电缆科技"] ["耐火电缆", "光电复合缆"];
    "3829" "603" park 3 weight 30.0 staff 48.0 head 98.0 research 0.055 idle 0.07 margin 0.075 assets 1.30 pay 10.4 ["储能技术", "电力电子"] ["储能变流器", "无功补偿装置", "直流充电模块"];
    "2821" "403" park 1 weight 26.0 staff 130.0 head 175.0 research 0.031 idle 0.06 margin 0.058 assets 1.10 pay 8.7 ["尼龙科技", "锦纶纤维"] ["高强锦纶丝", "原液着色纤维"];
    "2653" "403" park 1 weight 18.0 staff 160.0 head 240.0 research 0.030 idle 0.05 margin 0.060 assets 1.20 pay 10.2 ["聚合材料", "尼龙新材料"] ["己内酰胺", "尼龙66切片"];
    "2651" "403" park 1 weight 30.0 staff 62.0 head 185.0 research 0.034 idle 0.08 margin 0.064 assets 1.05 pay 9.0 ["高分子材料", "工程塑料"] ["长碳链尼龙", "阻燃改性塑料", "尼龙弹性体"];
    "2614" "405" park 1 weight 24.0 staff 90.0 head 210.0 research 0.029 idle 0.10 margin 0.068 assets 1.15 pay 9.4 ["精细化工", "化学"] ["环己酮", "特种溶剂", "催化剂载体"];
    "1783" "403" park 1 weight 16.0 staff 68.0 head 85.0 research 0.018 idle 0.30 margin 0.042 assets 0.90 pay 7.0 ["帘子布", "纺织材料"] ["浸胶帘子布", "安全气囊布"];
    "1751" "" park 1 weight 20.0 staff 80.0 head 74.0 research 0.012 idle 0.40 margin 0.036 assets 0.85 pay 6.8 ["化纤织造", "织物"] ["高密锦纶面料", "弹力针织布"];
    "2922" "403" park 1 weight 24.0 staff 42.0 head 92.0 research 0.024 idle 0.28 margin 0.050 assets 0.95 pay 7.6 ["塑业", "管材"] ["耐压复合管", "光学级板材"];
    "3973" "102" park 4 weight 16.0 staff 70.0 head 105.0 research 0.120 idle 0.02 margin 0.060 assets 1.90 pay 17.5 ["微电子", "集成电路"] ["电源管理芯片", "车规级驱动芯片"];
    "3982" "106" park 4 weight 22.0 staff 88.0 head 90.0 research 0.058 idle 0.05 margin 0.062 assets 1.25 pay 10.8 ["电子", "电路科技"] ["高频电路板", "柔性电路"];
    "4011" "801" park 3 weight 26.0 staff 40.0 head 82.0 research 0.078 idle 0.04 margin 0.085 assets 1.25 pay 13.0 ["自动化", "控制技术"] ["分布式控制系统", "安全联锁装置"];
    "4014" "803" park 5 weight 12.0 staff 34.0 head 80.0 research 0.082 idle 0.04 margin 0.095 assets 1.25 pay 13.2 ["分析仪器", "测控仪器"] ["质谱进样器", "在线色谱仪"];
    "4021" "705" park 4 weight 14.0 staff 36.0 head 74.0 research 0.070 idle 0.06 margin 0.080 assets 1.15 pay 11.6 ["环境监测", "传感技术"] ["水质在线分析仪", "大气颗粒物雷达"];
    "2761" "201" park 5 weight 18.0 staff 66.0 head 86.0 research 0.096 idle 0.04 margin 0.110 assets 2.10 pay 14.6 ["生物制药", "生物技术"] ["重组蛋白制剂", "疫苗佐剂"];
    "2740" "202" park 5 weight 14.0 staff 95.0 head 92.0 research 0.037 idle 0.12 margin 0.105 assets 1.60 pay 9.3 ["中药", "药业"] ["中药配方颗粒", "经典名方制剂"];
    "3584" "205" park 5 weight 26.0 staff 38.0 head 76.0 research 0.074 idle 0.06 margin 0.098 assets 1.30 pay 12.0 ["医疗器械", "医疗科技"] ["内窥镜手术系统", "可降解支架"];
    "2770" "205" park 5 weight 16.0 staff 62.0 head 62.0 research 0.026 idle 0.22 margin 0.060 assets 1.00 pay 7.4 ["卫生材料"] ["医用敷料", "无纺手术衣"];
    "6513" "101" park 4 weight 92.0 staff 22.0 head 56.0 research 0.125 idle 0.08 margin 0.080 assets 1.10 pay 15.8 ["软件", "信息技术", "数字科技"] ["工业互联网平台", "设备健康诊断软件", "园区能耗系统"];
    "6531" "503" park 4 weight 60.0 staff 26.0 head 78.0 research 0.082 idle 0.14 margin 0.066 assets 1.05 pay 13.6 ["信息系统", "智能科技", "网络科技"] ["数据治理平台", "视频结构化系统"];
    "6550" "503" park 4 weight 24.0 staff 24.0 head 70.0 research 0.095 idle 0.12 margin 0.062 assets 1.40 pay 14.2 ["数据技术", "云计算"] ["边缘计算节点", "数据标注平台"];
    "7320" "501" park 6 weight 56.0 staff 15.0 head 46.0 research 0.150 idle 0.05 margin 0.055 assets 1.35 pay 14.0 ["技术研究", "工程技术", "科技开发"] ["中试验证服务", "材料性能测试方法"];
    "7340" "201" park 5 weight 14.0 staff 18.0 head 48.0 research 0.160 idle 0.03 margin 0.040 assets 1.70 pay 15.0 ["医学研究", "基因技术"] ["基因测序试剂", "细胞培养工艺"];
    "7452" "502" park 6 weight 26.0 staff 30.0 head 44.0 research 0.062 idle 0.16 margin 0.110 assets 1.10 pay 10.4 ["检测技术", "检验检测"] ["无损检测服务", "电气安全检测"];
    "7484" "501" park 6 weight 34.0 staff 28.0 head 52.0 research 0.040 idle 0.30 margin 0.078 assets 0.90 pay 12.2 ["工程设计", "设计咨询"] ["装配式建筑设计", "管网数字化设计"];
    "7721" "701" park 2 weight 20.0 staff 32.0 head 66.0 research 0.045 idle 0.16 margin 0.072 assets 1.50 pay 9.0 ["水务科技", "环保"] ["高盐废水处理装置", "膜生物反应器"];
    "7723" "703" park 2 weight 14.0 staff 40.0 head 70.0 research 0.032 idle 0.22 margin 0.070 assets 1.45 pay 8.2 ["资源循环", "环境工程"] ["废旧电池拆解线", "飞灰资源化"];
    "3091" "402" park 2 weight 14.0 staff 78.0 head 110.0 research 0.040 idle 0.08 margin 0.070 assets 1.50 pay 8.8 ["碳素", "石墨材料"] ["负极材料", "等静压石墨"];
    "3130" "401" park 2 weight 12.0 staff 150.0 head 260.0 research 0.022 idle 0.12 margin 0.034 assets 0.80 pay 8.6 ["特钢", "金属材料"] ["取向硅钢", "轴承钢棒材"];
    "1469" "206" park 2 weight 18.0 staff 55.0 head 82.0 research 0.015 idle 0.36 margin 0.060 assets 0.95 pay 6.9 ["食品科技", "生物发酵"] ["酵母抽提物", "低钠调味料"];
    "1431" "" park 2 weight 22.0 staff 64.0 head 78.0 research 0.008 idle 0.52 margin 0.038 assets 0.75 pay 6.2 ["食品"] ["速冻面点", "鲜湿面制品"];
    "5810" "506" park 2 weight 26.0 staff 36.0 head 105.0 research 0.006 idle 0.70 margin 0.032 assets 0.90 pay 8.0 ["物流", "供应链"] ["多式联运调度平台", "散货装卸管控"];
    "5949" "506" park 2 weight 14.0 staff 30.0 head 88.0 research 0.005 idle 0.74 margin 0.046 assets 1.60 pay 7.8 ["仓储"] ["危化品仓储监控"];
    "5175" "" park 2 weight 44.0 staff 12.0 head 320.0 research 0.003 idle 0.88 margin 0.018 assets 0.45 pay 7.2 ["商贸", "贸易"] ["电气成套供应"];
    "5164" "" park 2 weight 28.0 staff 11.0 head 520.0 research 0.002 idle 0.92 margin 0.010 assets 0.32 pay 7.4 ["金属贸易", "国际贸易"] ["金属材料供应"];
    "4710" "" park 6 weight 26.0 staff 90.0 head 115.0 research 0.012 idle 0.55 margin 0.028 assets 0.85 pay 7.2 ["建筑工程", "建设工程"] ["装配式施工工法"];
    "4910" "" park 3 weight 22.0 staff 44.0 head 95.0 research 0.010 idle 0.55 margin 0.036 assets 0.75 pay 7.6 ["电气安装", "机电工程"] ["管线综合施工工法"];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::organs::PARKS;

    #[test]
    fn every_park_is_home_to_some_industry() {
        for (place, (_, name, _)) in PARKS.iter().enumerate() {
            assert!(INDUSTRIES.iter().any(|one| one.park == place), "{name}");
        }
        assert!(INDUSTRIES.iter().all(|one| one.park < PARKS.len()));
    }
}

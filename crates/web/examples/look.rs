use kernel::*;
use store::access::*;
use store::*;
#[tokio::main]
async fn main() {
    let dir = std::path::PathBuf::from("/tmp/webbase-look");
    let _ = std::fs::create_dir_all(&dir);
    let loc = Location::Sqlite(dir.join("a.db"));
    let new = !dir.join("a.db").exists();
    let store = Store::open_or_create(&loc, std::sync::Arc::new(Catalogue::default())).await.unwrap();
    if new {
        store.name_zone("样例高新区", "Sample Zone", true, "x").await.unwrap();
        let c = Hand::Console;
        let top = store.create_unit(c, None, UnitKind::Zone, "样例高新区").await.unwrap().id;
        let east = store.create_unit(c, Some(top), UnitKind::Park, "电气装备产业园区").await.unwrap().id;
        store.create_unit(c, Some(top), UnitKind::Park, "软件园").await.unwrap();
        let b = store.create_unit(c, Some(top), UnitKind::Bureau, "科技局").await.unwrap().id;
        store.create_unit(c, Some(b), UnitKind::Bureau, "高新科").await.unwrap();
        store.create_unit(c, Some(east), UnitKind::Park, "一期").await.unwrap();
        let hash = web::sign_in::password::hash("spring-sleep-2026").unwrap();
        for (i, r) in Role::ALL.iter().filter(|r| **r != Role::Enterprise).enumerate() {
            let a = store
                .create_account(
                    c,
                    NewAccount {
                        name: r.key(),
                        display_name: ["王领导", "李分析", "张专员", "赵经办", "系统管理员", "安全管理员", "审计员"][i],
                        unit: top,
                        enterprise: None,
                        lang: Lang::Zh,
                        password_hash: Some(&hash),
                        must_change_password: false,
                    },
                )
                .await
                .unwrap();
            store.grant(c, a.id, *r, if matches!(r, Role::Officer | Role::Clerk) { east } else { top }).await.unwrap();
        }
        for i in 0..70 {
            store
                .create_account(
                    c,
                    NewAccount {
                        name: &format!("officer{i:02}"),
                        display_name: &format!("专员{i}"),
                        unit: if i % 2 == 0 { east } else { b },
                        enterprise: None,
                        lang: Lang::Zh,
                        password_hash: Some(&hash),
                        must_change_password: i % 9 == 0,
                    },
                )
                .await
                .unwrap();
        }
    }
    let app = web::App::new(store, web::Settings::default()).await.unwrap();
    let l = tokio::net::TcpListener::bind("127.0.0.1:8871").await.unwrap();
    web::serve(app, l, std::future::pending()).await.unwrap();
}

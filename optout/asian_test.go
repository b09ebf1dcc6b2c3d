package optout

import "testing"

func TestANoIsHeardInAsianLanguages(t *testing.T) {
	for header, cells := range map[string][2]string{ // who may be mailed, and who may not
		"すべてのEメールの配信停止": {"", "true"}, "メール配信停止日": {"", "2026-10-05"}, "メルマガ配信": {"はい", "いいえ"}, "メールマガジンの受け取りを希望": {"希望する", "希望しない"},
		"マーケティングメールへの同意": {"同意する", "同意しない"}, "購読ステータス": {"購読中", "配信停止"}, "メールステータス": {"有効", "受信拒否"},
		"退订所有电子邮件": {"", "true"}, "订阅状态": {"已订阅", "已退订"}, "愿意接收邮件": {"是", "否"}, "訂閱狀態": {"已訂閱", "已取消訂閱"},
		"모든 이메일 수신거부": {"", "true"}, "이메일 수신 동의": {"동의", "미동의"}, "뉴스레터 구독 상태": {"구독중", "수신거부"}, "마케팅 수신 동의": {"예", "아니요"},
	} {
		c := judgedBy(header, cells[0], cells[1], cells[0])
		if said := c.Read(cells[1]); said.Verdict < Doubt {
			t.Errorf("%q: %q is %v of %q", header, cells[1], said, c.Kind)
		}
		if said := c.Read(cells[0]); cells[0] != "" && said.Verdict >= Doubt {
			t.Errorf("%q: %q is %v of %q", header, cells[0], said, c.Kind)
		}
	}
	for header, cells := range map[string][]string{ // of any contact file
		"Eメール": {"a@b.co"}, "姓": {"希望", "田中"}, "名": {"太郎"}, "会社名": {"株式会社不達"}, "電話番号": {"03-1234-5678"}, "電子郵件": {"a@b.co"}, "邮件": {"a@b.co"},
		"姓名": {"王不"}, "公司": {"同意科技"}, "이름": {"김동의"}, "이메일": {"a@b.co"}, "회사": {"구독경제"}, "利用規約": {"同意しない"}, "注文状況": {"保留"}, "備考": {"電話は不要"},
	} {
		c := judgedBy(header, cells...)
		for _, cell := range cells {
			if said := c.Read(cell); said.Verdict >= Doubt {
				t.Errorf("%q: %q is %v of %q", header, cell, said, c.Kind)
			}
		}
	}
}
